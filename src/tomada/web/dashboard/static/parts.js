// The parts around the statement: replaced where they changed, open menus and focus kept.

import { part } from "./wire.js";
import { keepPlace } from "./statement.js";

const nameOf = (details) => details.id || details.querySelector("summary").id;

export async function refreshParts(choice) {
  const content = await part("/ui/parts", choice);
  const list = document.querySelector("[data-rows]");
  const change = () => {
    for (const fresh of content.querySelectorAll("template[data-for]")) {
      const place = document.querySelector(`[data-part="${fresh.dataset.for}"]`);
      if (place) replace(place, fresh.content);
    }
  };
  if (list) keepPlace(list, change);
  else change();
  return content;
}

function replace(place, content) {
  const next = place.cloneNode(false);
  next.append(document.importNode(content, true));
  const open = [...place.querySelectorAll("details[open]")].map(nameOf);
  for (const details of next.querySelectorAll("details")) {
    details.open = open.includes(nameOf(details));
  }
  if (next.isEqualNode(place)) return;
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  const value = place.value;
  place.replaceChildren(...next.childNodes);
  if (value !== undefined) place.value = value;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
