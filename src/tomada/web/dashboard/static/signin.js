// The door: e-mail and password, and what is wrong with them.

import { Failure, say, send } from "./wire.js";

const form = document.querySelector("[data-sign-in]");
const problem = form.querySelector("[data-error]");
const password = form.elements.password;
const eye = form.querySelector("[data-eye]");

function show(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

eye.addEventListener("click", () => {
  const seen = password.type === "password";
  password.type = seen ? "text" : "password";
  eye.setAttribute("aria-pressed", String(seen));
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const email = form.elements.email.value.trim();
  if (!email || !password.value) {
    show(say("error_missing"));
    (email ? password : form.elements.email).focus();
    return;
  }
  show("");
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const code = form.elements.code.value.trim();
    const proof = code ? { email, password: password.value, code } : { email, password: password.value };
    await send("POST", "/api/session", proof);
    location.assign(form.dataset.next);
  } catch (failure) {
    button.disabled = false;
    if (failure.code === "second_factor_required") {
      form.querySelector("[data-code]").hidden = false;
      form.elements.code.focus();
      return;
    }
    show(failure instanceof Failure ? failure.text : say("error_generic"));
    password.select();
  }
});
