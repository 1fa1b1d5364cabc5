// The stream of what happens: comes back by itself and loses nothing.

import { Failure, send, toDoor } from "./wire.js";

const SIGNED_OUT = 4401;
const NOT_OURS = 4403;
const TRY_LATER = 1013;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
const PING_EVERY_MS = 20000;
const PONG_WITHIN_MS = 10000;

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
    const pulse = heartbeat(socket);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ ticket, after: last })));
    socket.addEventListener("message", ({ data }) => {
      pulse.heard();
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
      pulse.stop();
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

// A line that is dead without saying so, as after a change of network, is given up.
function heartbeat(socket) {
  let deadline = null;
  const asking = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send('{"type":"ping"}');
    deadline ??= setTimeout(() => socket.close(), PONG_WITHIN_MS);
  }, PING_EVERY_MS);
  const heard = () => {
    clearTimeout(deadline);
    deadline = null;
  };
  return {
    heard,
    stop: () => {
      clearInterval(asking);
      heard();
    },
  };
}
