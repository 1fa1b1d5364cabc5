// Short messages that come and go at the foot of the page.

import { Failure, say } from "./wire.js";

const place = document.querySelector("[data-toasts]");
const SHOWN_MS = 6000;
const MOST = 3;

export function toast(text, { bad = false } = {}) {
  const box = document.createElement("p");
  box.className = bad ? "toast bad" : "toast";
  box.textContent = text;
  place.append(box);
  while (place.children.length > MOST) place.firstElementChild.remove();
  setTimeout(() => box.remove(), SHOWN_MS);
}

export function toastError(failure) {
  toast(failure instanceof Failure ? failure.text : say("error_generic"), { bad: true });
}

// For listeners: says it without showing it.
export function announce(text) {
  document.querySelector("[data-announce]").textContent = text;
}
