// Erasing everything: a tick, a button, and the way until it is done.

import { Failure, pause, say, send } from "./wire.js";

const BASE = "/api/open-finance/privacy";
const LOOK_MS = 1000;

const place = document.querySelector("[data-erase]");
const form = place.querySelector("[data-form]");
const box = form.querySelector("[data-error]");
const button = form.querySelector("[type=submit]");
const sure = form.elements.sure;

function stage(name) {
  for (const one of place.querySelectorAll("[data-stage]")) one.hidden = one.dataset.stage !== name;
}

// What was asked for goes on without this page; it only watches.
async function watch(id) {
  for (const one of place.querySelectorAll("[data-receipt]")) one.textContent = id;
  stage("going");
  let state = "queued";
  while (state !== "done") {
    await pause(LOOK_MS);
    try {
      ({ state } = await send("GET", `${BASE}/erasures/${encodeURIComponent(id)}`));
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
    }
  }
  stage("done");
}

// A browser may restore a tick when the person comes back; this one is always given anew.
sure.checked = false;
sure.addEventListener("change", () => {
  button.disabled = !sure.checked;
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  box.hidden = true;
  try {
    await watch((await send("POST", `${BASE}/erasure`, { confirm: true })).id);
  } catch (failure) {
    box.textContent = failure instanceof Failure ? failure.text : say("error_generic");
    box.hidden = false;
    button.disabled = false;
  }
});
