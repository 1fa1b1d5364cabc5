// Withdrawing from a bank: one choice, one button, a receipt.

import { Failure, say, send } from "./wire.js";

const place = document.querySelector("[data-revoke]");
const form = place.querySelector("[data-form]");
const box = form.querySelector("[data-error]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  const { method, path } = place.dataset;
  const history = form.elements.history.value;
  button.disabled = true;
  box.hidden = true;
  try {
    const receipt =
      method === "DELETE"
        ? await send(method, `${path}?history=${history}`)
        : await send(method, path, { history });
    place.querySelector("[data-receipt]").textContent = receipt.receiptId;
    for (const one of place.querySelectorAll("[data-stage]")) one.hidden = one.dataset.stage !== "done";
  } catch (failure) {
    box.textContent = failure instanceof Failure ? failure.text : say("error_generic");
    box.hidden = false;
    button.disabled = false;
  }
});
