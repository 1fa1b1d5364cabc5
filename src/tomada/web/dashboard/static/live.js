// The stream of what happens: comes back by itself and loses nothing.

import { Failure, send, toDoor } from "./wire.js";

const SIGNED_OUT = 4401;
const NOT_OURS = 4403;
const TRY_LATER = 1013;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;

// Calls onEntries(entries) with each batch in order, onState("live" | "lost" | "ended").
export function listen({ after, onEntries, onState }) {
  let last = after;
  let wait = FIRST_WAIT_MS;
  let timer = null;

  async function open() {
    timer = null;
    let ticket;
    try {
      ({ ticket } = await send("POST", "/api/ws-ticket"));
    } catch (failure) {
      if (failure instanceof Failure && failure.status === 401) return;
      retry();
      return;
    }
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws`);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ ticket, after: last })));
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      // The first answer, even an empty one, says that the place was found.
      wait = FIRST_WAIT_MS;
      onState("live");
      if (message.type !== "feed") return;
      const fresh = (message.entries ?? []).filter((entry) => entry.n > last);
      last = Math.max(last, message.last ?? last);
      if (fresh.length) onEntries(fresh);
    });
    socket.addEventListener("close", ({ code }) => {
      if (code === SIGNED_OUT) {
        onState("ended");
        toDoor();
      } else if (code === NOT_OURS) {
        onState("ended");
      } else {
        retry(code === TRY_LATER ? LONGEST_WAIT_MS : 0);
      }
    });
  }

  function retry(atLeast = 0) {
    onState("lost");
    const spread = 0.5 + Math.random();
    timer = setTimeout(open, Math.max(atLeast, Math.min(wait * spread, LONGEST_WAIT_MS)));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  function now() {
    if (timer === null) return;
    clearTimeout(timer);
    wait = FIRST_WAIT_MS;
    open();
  }

  window.addEventListener("online", now);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) now();
  });
  open();
}
