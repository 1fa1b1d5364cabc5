// The statement as the person narrows it, scrolls it, and as it changes under their eyes.

import { part } from "./wire.js";
import { keepPlace, merge, rowsOf } from "./statement.js";

const FIRST = 60;
const MORE = 400;
const SKELETON_AFTER_MS = 150;
const AHEAD = "1600px";

export function rowList(place, skeleton) {
  const list = place.querySelector("[data-rows]");
  let choice = {};
  let current = new AbortController();
  // One change of the list at a time: parts are merged in the order they were asked for.
  let lane = Promise.resolve();

  const wanted = (extra) => ({ ...choice, ...extra });
  const moreOf = (root) => root.querySelector("[data-more]");

  function inTurn(job) {
    const { signal } = current;
    const run = async () => {
      if (!signal.aborted) await job(signal);
    };
    const done = lane.then(run).catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
    lane = done.catch(() => {});
    return done;
  }

  function setTail(content) {
    for (const one of [...place.children]) if (one !== list) one.remove();
    for (const one of [...content.children]) if (!one.matches("[data-rows]")) place.append(one);
    const more = moreOf(place);
    if (more) observer.observe(more);
  }

  // Asks again for everything that is on the page, newest first, and fits it in. Says onPart after
  // each part, since what has just happened is in the first.
  function refresh(onPart = () => {}) {
    return inTurn(async (signal) => {
      const shown = rowsOf(list).length;
      let after = null;
      let cursor;
      for (;;) {
        const limit = cursor ? MORE : FIRST;
        const content = await part("/ui/rows", wanted({ cursor, limit }), signal);
        const next = moreOf(content)?.dataset.more;
        const last = [...content.querySelectorAll(".row[data-key]")].at(-1)?.dataset.key;
        keepPlace(list, () => merge(list, content, { after, whole: !next }));
        onPart();
        const rows = rowsOf(list);
        const covered = rows.findIndex((row) => row.dataset.key === last);
        if (!next || covered === rows.length - 1) {
          setTail(content);
          break;
        }
        if (covered < 0 || rows.length > shown + MORE * 4) break;
        after = rows[covered];
        cursor = next;
      }
    });
  }

  function more() {
    return inTurn(async (signal) => {
      const cursor = moreOf(place)?.dataset.more;
      if (!cursor) return;
      const content = await part("/ui/rows", wanted({ cursor, limit: MORE }), signal);
      const whole = !moreOf(content);
      merge(list, content, { after: rowsOf(list).at(-1) ?? null, whole });
      setTail(content);
    });
  }

  // Shows another choice of rows: { accountId, month, words, view }.
  function narrow(next) {
    choice = next;
    current.abort();
    current = new AbortController();
    place.setAttribute("aria-busy", "true");
    const waiting = setTimeout(() => {
      list.replaceChildren(skeleton.content.cloneNode(true));
      setTail(document.createDocumentFragment());
    }, SKELETON_AFTER_MS);
    const { signal } = current;
    return inTurn(async () => {
      const content = await part("/ui/rows", wanted({ limit: FIRST }), signal);
      clearTimeout(waiting);
      list.replaceChildren(...content.querySelector("[data-rows]").childNodes);
      setTail(content);
    }).finally(() => {
      clearTimeout(waiting);
      if (!signal.aborted) place.setAttribute("aria-busy", "false");
    });
  }

  const observer = new IntersectionObserver(
    (seen) => {
      if (seen.some((one) => one.isIntersecting)) more().catch(() => {});
    },
    { rootMargin: AHEAD },
  );
  if (moreOf(place)) observer.observe(moreOf(place));
  place.addEventListener("click", (event) => {
    if (event.target.closest("[data-more]")) more().catch(() => {});
  });

  return {
    refresh,
    narrow,
    find: (key) => list.querySelector(`.row[data-key="${CSS.escape(key)}"]`),
    start: (first) => {
      choice = first;
    },
  };
}
