// Call methods of an official client by name, and remember which were called and what came back.

export const sleep = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));

export function callerOf(client, name) {
  const called = {};
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(client)).filter(
    (one) => one !== "constructor",
  );

  async function call(method, ...given) {
    let answer;
    try {
      answer = await client[method](...given);
    } catch (refused) {
      const told = refused instanceof Error ? refused.stack : JSON.stringify(refused);
      throw new Error(`${name}.${method} was refused: ${told}`);
    }
    called[method] = answer === undefined ? null : answer;
    return answer;
  }

  // What the client must reject, with the body of the answer as the reason.
  async function refused(method, ...given) {
    const quiet = console.error;
    console.error = () => {};
    try {
      await client[method](...given);
    } catch (reason) {
      return reason;
    } finally {
      console.error = quiet;
    }
    throw new Error(`${name}.${method} was not refused`);
  }

  return { call, refused, called, methods };
}

export async function until(look) {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look();
    if (found) return found;
    await sleep(25);
  }
  throw new Error(`never came true: ${look}`);
}

// The simulator's own controls, which no official client has.
export async function control(path, body) {
  const answer = await fetch(`${process.env.PLUGGY_API_URL}/_simulator/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

export function must(condition, what) {
  if (!condition) throw new Error(`expected ${what}`);
}
