// The operator's page: dead letters are done again, one or all that are parked.

import { Failure, say, send } from "./wire.js";

const place = document.querySelector("[data-dead]");
const box = place.querySelector("[data-error]");
const done = place.querySelector("[data-done]");

place.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-replay]");
  if (!button) return;
  const eventId = button.dataset.replay || null;
  button.disabled = true;
  box.hidden = true;
  try {
    const answer = await send("POST", "/api/operator/replay", { eventId });
    done.textContent = say("replayed", { count: answer.replayed });
    if (eventId) button.closest("li").remove();
  } catch (failure) {
    box.textContent = failure instanceof Failure ? failure.text : say("error_generic");
    box.hidden = false;
    button.disabled = false;
  }
});
