// Prove again who you are, then go on.

import { Failure, say, send } from "./wire.js";

const form = document.querySelector("[data-step-up]");
const problem = form.querySelector("[data-error]");
const password = form.elements.password;

function show(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const code = form.elements.code?.value.trim();
  if (!password.value && !code) {
    show(say("error_password_missing"));
    password.focus();
    return;
  }
  show("");
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    await send("POST", "/api/session/step-up", code ? { code } : { password: password.value });
    location.assign(form.dataset.next);
  } catch (failure) {
    show(failure.code === "invalid_credentials" ? say("error_password")
      : failure instanceof Failure ? failure.text : say("error_generic"));
    button.disabled = false;
    password.select();
  }
});
