// Find a bank by a few letters, with or without a mouse.

const search = document.querySelector("[data-search]");
const list = document.querySelector("[data-institutions]");
const nothing = document.querySelector("[data-none]");
const entries = [...list.children].map((li) => [li, fold(li.dataset.name)]);

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

const links = () => entries.filter(([li]) => !li.hidden).map(([li]) => li.querySelector("a"));

function filter() {
  const words = fold(search.value).split(/\s+/).filter(Boolean);
  for (const [li, name] of entries) li.hidden = !words.every((word) => name.includes(word));
  nothing.hidden = links().length > 0;
}

search.addEventListener("input", filter);
search.addEventListener("keydown", (event) => {
  const [first] = links();
  if (!first) return;
  if (event.key === "ArrowDown") {
    event.preventDefault();
    first.focus();
  } else if (event.key === "Enter" && search.value.trim()) {
    event.preventDefault();
    first.click();
  }
});

// Arrow keys walk through the grid as it is laid out just now.
list.addEventListener("keydown", (event) => {
  const shown = links();
  const at = shown.indexOf(document.activeElement);
  if (at < 0) return;
  const top = shown[0].getBoundingClientRect().top;
  const columns = Math.max(1, shown.filter((one) => one.getBoundingClientRect().top === top).length);
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  (at + step < 0 ? search : shown[Math.min(at + step, shown.length - 1)]).focus();
});

filter();
