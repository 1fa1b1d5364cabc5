// The picture of the months: its figures follow the pointer, a click narrows the statement.

export function months(place, onChoose) {
  const columnOf = (target) => target.closest?.("[data-month]");

  function read(column) {
    for (const one of place.querySelectorAll(".column.shown")) one.classList.remove("shown");
    column.classList.add("shown");
    for (const out of place.querySelectorAll("[data-out]")) {
      out.textContent = column.dataset[out.dataset.out];
    }
  }

  function rest() {
    const all = place.querySelectorAll("[data-month]");
    const column = place.querySelector("[data-month][aria-pressed=true]") ?? all[all.length - 1];
    if (column) read(column);
  }

  place.addEventListener("pointerover", (event) => {
    const column = columnOf(event.target);
    if (column) read(column);
  });
  place.addEventListener("focusin", (event) => {
    const column = columnOf(event.target);
    if (column) read(column);
  });
  place.addEventListener("pointerleave", rest);
  place.addEventListener("click", (event) => {
    const column = columnOf(event.target);
    if (!column) return;
    const chosen = column.getAttribute("aria-pressed") !== "true";
    onChoose(chosen ? column.dataset.month : null, column.dataset.title);
  });

  return {
    mark(month) {
      for (const column of place.querySelectorAll("[data-month]")) {
        const chosen = column.dataset.month === month;
        column.setAttribute("aria-pressed", String(chosen));
        column.classList.toggle("chosen", chosen);
      }
      rest();
    },
  };
}
