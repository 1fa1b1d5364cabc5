// One question with two answers, before something that cannot be undone.

import { say } from "./wire.js";

const dialog = document.querySelector("[data-ask]");

export function ask({ title, text, yes }) {
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("[data-ask-text]").textContent = text;
  dialog.querySelector("[value=no]").textContent = say("cancel");
  dialog.querySelector("[value=yes]").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true });
  });
}
