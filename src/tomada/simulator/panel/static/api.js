/* The control API, and the line at the bottom that says how a call went. */

let timer = 0;

/** Calls `/_simulator…`; throws with the server's own words. */
export async function call(method, path, body) {
  const answer = await fetch(`/_simulator${path}`, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(told.message ?? `HTTP ${answer.status}`), { status: answer.status });
  return told;
}

/** Says something for a few seconds. */
export function say(text, { bad = false } = {}) {
  const note = document.getElementById("note");
  note.textContent = text;
  note.classList.toggle("bad", bad);
  note.classList.add("shown");
  clearTimeout(timer);
  timer = setTimeout(() => note.classList.remove("shown"), bad ? 8000 : 3000);
}

/** Does something, says *done* if that is given, and shows the world as it then is. */
export function doing(work, done) {
  return async () => {
    try {
      await work();
      if (done) say(done);
    } catch (error) {
      say(error.message, { bad: true });
    }
    document.dispatchEvent(new Event("refresh"));
  };
}
