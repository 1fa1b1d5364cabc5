// "3 min ago" stays true while the page is open.

import { say } from "./wire.js";

const MINUTE = 60000;

function ago(instant) {
  const minutes = Math.floor((Date.now() - instant) / MINUTE);
  if (minutes < 1) return say("ago.now");
  if (minutes < 60) return say("ago.minutes", { n: minutes });
  if (minutes < 1440) return say("ago.hours", { n: Math.floor(minutes / 60) });
  const days = Math.floor(minutes / 1440);
  return days === 1 ? say("ago.yesterday") : say("ago.days", { n: days });
}

export function keepTrue() {
  setInterval(() => {
    for (const one of document.querySelectorAll("[data-at]")) {
      const text = ago(Date.parse(one.dataset.at));
      one.textContent = (one.dataset.form ?? "{ago}").replace("{ago}", text);
    }
  }, MINUTE);
}
