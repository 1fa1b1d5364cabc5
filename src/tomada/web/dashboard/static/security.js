// A second factor: set up, confirmed by its first code, taken away.

import { Failure, say, send } from "./wire.js";

const place = document.querySelector("[data-security]");
const problem = place.querySelector("[data-error]");
const enrol = place.querySelector("[data-enrol]");
const FACTOR = "/api/session/second-factor";

async function attempt(work) {
  problem.hidden = true;
  try {
    await work();
  } catch (failure) {
    problem.textContent = failure.code === "invalid_credentials" ? say("error_code")
      : failure instanceof Failure ? failure.text : say("error_generic");
    problem.hidden = false;
  }
}

place.querySelector("[data-begin]")?.addEventListener("click", (event) => {
  const button = event.currentTarget;
  attempt(async () => {
    const { secret, uri } = await send("POST", FACTOR);
    place.querySelector("[data-secret]").textContent = secret.match(/.{1,4}/g).join(" ");
    place.querySelector("[data-uri]").href = uri;
    button.hidden = true;
    enrol.hidden = false;
    enrol.elements.code.focus();
  });
});

enrol?.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    const { recoveryCodes } = await send("POST", `${FACTOR}/confirm`, { code: enrol.elements.code.value.trim() });
    const list = place.querySelector("[data-codes]");
    for (const code of recoveryCodes) {
      const line = document.createElement("li");
      line.textContent = code;
      list.append(line);
    }
    enrol.hidden = true;
    place.querySelector("[data-codes-shown]").hidden = false;
  });
});

place.querySelector("[data-remove]")?.addEventListener("click", () => {
  attempt(async () => {
    await send("DELETE", FACTOR);
    location.reload();
  });
});
