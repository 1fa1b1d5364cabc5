// The list of rows on the page: takes parts of it from the server and fits them in by key.

// Merges one part, which is a stretch of the newest-first list. `after` is the row the part
// follows, null for the first. Rows of the page that lie within the stretch and are not in it are
// gone, and are removed.
export function merge(list, part, { after = null, whole = false } = {}) {
  const own = new Map(rowsOf(list).map((row) => [row.dataset.key, row]));
  const incoming = new Set();
  let previous = after;
  for (const month of part.querySelectorAll(".month")) {
    const ownMonth = section(list, month, ".month");
    for (const day of month.querySelectorAll(".day")) {
      const ownDay = section(ownMonth, day, ".day");
      const rows = ownDay.querySelector("ul");
      for (const row of day.querySelectorAll(".row")) {
        const node = adopt(own.get(row.dataset.key), row);
        placeAfter(rows, node, previous);
        incoming.add(row.dataset.key);
        previous = node;
      }
    }
  }
  prune(list, incoming, { after, until: whole ? null : previous, whole });
}

export function rowsOf(list) {
  return [...list.querySelectorAll(".row[data-key]")];
}

// Runs a change of the page and keeps what the person reads where it is.
export function keepPlace(list, change) {
  const head = document.querySelector(".top").getBoundingClientRect().bottom;
  const anchor =
    window.scrollY > 0
      ? rowsOf(list).find((row) => row.getBoundingClientRect().bottom > head)
      : undefined;
  const before = anchor?.getBoundingClientRect().top;
  change();
  // A list that begins below the header is in view as a whole: what is new belongs on top of it.
  if (anchor?.isConnected && before < window.innerHeight && list.getBoundingClientRect().top < head) {
    window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  }
}

// Finds the section with the key of `model` in `place`, or makes it where it belongs.
function section(place, model, kind) {
  const own = [...place.querySelectorAll(`:scope > ${kind}`)];
  const found = own.find((one) => one.dataset.key === model.dataset.key);
  const header = model.querySelector(":scope > header");
  if (found) {
    const old = found.querySelector(":scope > header");
    if (!old.isEqualNode(header)) old.replaceWith(header.cloneNode(true));
    return found;
  }
  const made = model.cloneNode(false);
  made.append(header.cloneNode(true));
  if (kind === ".day") made.append(document.createElement("ul"));
  const next = own.find((one) => one.dataset.key < model.dataset.key);
  place.insertBefore(made, next ?? null);
  return made;
}

// Keeps the row that is there where nothing of it changed, so that it does not flicker.
function adopt(own, row) {
  if (own && own.dataset.version === row.dataset.version) return own;
  const node = document.importNode(row, true);
  own?.replaceWith(node);
  return node;
}

function placeAfter(rows, node, previous) {
  if (previous && previous.parentElement === rows) {
    if (previous.nextElementSibling !== node) previous.after(node);
  } else if (rows.firstElementChild !== node) {
    rows.prepend(node);
  }
}

function prune(list, incoming, { after, until, whole }) {
  let within = after === null;
  let ended = false;
  for (const row of rowsOf(list)) {
    if (within && !ended && !incoming.has(row.dataset.key)) row.remove();
    if (row === after) within = true;
    if (!whole && row === until) ended = true;
  }
  for (const day of list.querySelectorAll(".day")) if (!day.querySelector(".row")) day.remove();
  for (const month of list.querySelectorAll(".month")) {
    if (!month.querySelector(".day")) month.remove();
  }
}
