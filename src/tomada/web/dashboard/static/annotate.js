// What a person writes to a row, and answers to whether two rows belong together.

import { say, send } from "./wire.js";
import { toast, toastError } from "./toasts.js";

const API = "/api/open-finance";
const dialog = document.querySelector("[data-annotate]");

// Calls `changed` after anything was written, so that the page shows it before the stream tells.
export function annotations(changed) {
  document.addEventListener("click", async (event) => {
    const edit = event.target.closest("[data-edit]");
    const answer = event.target.closest("[data-answer]");
    try {
      if (edit) await annotate(edit.closest(".row"), changed);
      if (answer) await decide(answer, changed);
    } catch (failure) {
      toastError(failure);
    }
  });
}

async function annotate(row, changed) {
  const form = dialog.querySelector("form");
  dialog.querySelector("h2").textContent = row.querySelector(".row-title > span").textContent;
  form.elements.note.value = row.dataset.note ?? "";
  form.elements.category.value = row.dataset.category ?? "";
  form.querySelector("[value=hide]").hidden = "hidden" in row.dataset;
  form.querySelector("[value=show]").hidden = !("hidden" in row.dataset);
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  const path = `${API}/transactions/${encodeURIComponent(row.dataset.key)}`;
  if (dialog.returnValue === "save") {
    await send("PATCH", path, { note: form.elements.note.value, category: form.elements.category.value });
    toast(say("annotated"));
  } else if (dialog.returnValue === "hide") {
    await send("PATCH", path, { hidden: true });
    toast(say("hidden"));
  } else if (dialog.returnValue === "show") {
    await send("PATCH", path, { hidden: false });
    toast(say("shown"));
  } else {
    return;
  }
  changed();
}

async function decide(button, changed) {
  const place = button.closest("[data-suggestion]");
  for (const one of place.querySelectorAll("button")) one.disabled = true;
  try {
    const id = encodeURIComponent(place.dataset.suggestion);
    await send("POST", `${API}/links/${id}/${button.dataset.answer}`);
  } finally {
    changed();
  }
}
