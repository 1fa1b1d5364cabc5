// Seus dados: asking for a copy of everything, and taking it, once.

import { Failure, download, pause, say, send } from "./wire.js";

const BASE = "/api/open-finance/privacy";
const LOOK_MS = 1000;

const place = document.querySelector("[data-copy]");
const box = place.querySelector("[data-error]");
const text = place.querySelector("[data-copy-text]");
const take = place.querySelector("[data-take]");
const ask = place.querySelector("[data-ask-copy]");

async function trying(button, work) {
  button.disabled = true;
  box.hidden = true;
  try {
    await work();
  } catch (failure) {
    box.textContent = failure instanceof Failure ? failure.text : say("error_generic");
    box.hidden = false;
  } finally {
    button.disabled = false;
  }
}

async function follow() {
  text.textContent = say("copy_making");
  while (place.dataset.state === "queued") {
    await pause(LOOK_MS);
    const [copy] = (await send("GET", BASE)).copies;
    if (copy.state !== "queued") show(copy);
  }
}

function show(copy) {
  place.dataset.state = copy.state;
  place.dataset.id = copy.id;
  take.hidden = copy.state !== "ready";
  text.textContent = copy.state === "ready" ? say("copy_ready") : "";
}

ask.addEventListener("click", () =>
  trying(ask, async () => {
    const copy = await send("POST", `${BASE}/exports`);
    ask.hidden = true;
    place.dataset.state = copy.state;
    place.dataset.id = copy.id;
    await follow();
  }),
);

take.addEventListener("click", () =>
  trying(take, async () => {
    await download(`${BASE}/exports/${encodeURIComponent(place.dataset.id)}/take`, "tomada.zip");
    take.hidden = true;
    text.textContent = say("copy_taken");
  }),
);

if (place.dataset.state === "queued") trying(take, follow);
