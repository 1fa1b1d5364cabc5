/* Follows one execution at the bank until it ends, asking the person whenever the bank asks. */
import { ApiError } from "./api.js";
import { bankAction, isLoggedIn, mfa, progress } from "./screens/progress.js";

const FIRST_WAIT = 350;
const LONGEST_WAIT = 1500;
const LOST_ANSWERS = 5;
const RUNNING = new Set(["UPDATING", "MERGING", "WAITING_USER_INPUT", "WAITING_USER_ACTION"]);

/** Resolves to the item once its execution has ended, well or not. */
export async function follow(context, connector, item) {
  const told = { login: false, step: false, mfa: false };
  let wait = FIRST_WAIT;
  let shown = null;
  let move = null;
  while (RUNNING.has(item.status)) {
    tell(context, item, told);
    const url = bankUrl(item);
    if (item.status === "WAITING_USER_INPUT" && url === null) {
      shown = null;
      await context.reveal();
      item = await answer(context, connector, item);
      continue;
    }
    if (url !== null || item.status === "WAITING_USER_ACTION") {
      if (shown !== "action") {
        await context.reveal();
        bankAction(context, connector, actionOf(item, url));
      }
      shown = "action";
    } else {
      if (shown !== "progress") move = progress(context, connector, { onhide: context.onhide });
      shown = "progress";
      move(item);
    }
    await sleep(wait);
    wait = Math.min(wait * 1.2, LONGEST_WAIT);
    item = await read(context, item.id);
  }
  tell(context, item, told);
  return item;
}

/** Reports what a poll shows; each success of the login is reported once. */
function tell({ host }, item, told) {
  host.event("ITEM_RESPONSE", { item });
  if (item.status === "WAITING_USER_INPUT" && !told.step) {
    told.step = true;
    host.event("LOGIN_STEP_COMPLETED", { item });
  }
  if (isLoggedIn(item) && !told.login) {
    told.login = true;
    if (told.step) host.event("LOGIN_MFA_SUCCESS", { item });
    host.event("LOGIN_SUCCESS", { item });
  }
}

/** Asks for the value the bank wants; the bank may stop waiting before it comes. */
async function answer(context, connector, item) {
  const { api, host } = context;
  let problem = null;
  for (;;) {
    const given = mfa(context, connector, item.parameter, { problem });
    const values = await Promise.race([given, noLongerAsked(context, item)]);
    if (values.item) return values.item;
    host.event("SUBMITTED_MFA");
    try {
      return await api.answerMfa(item.id, values);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      const now = await read(context, item.id);
      if (now.status !== "WAITING_USER_INPUT") return now;
      item = now;
      problem = error.message;
    }
  }
}

async function noLongerAsked(context, item) {
  for (;;) {
    await sleep(2 * LONGEST_WAIT);
    const now = await read(context, item.id);
    const same = now.status === "WAITING_USER_INPUT" && now.parameter?.name === item.parameter?.name;
    if (!same) return { item: now };
  }
}

/** Reads the item; an answer that gets lost on the way is asked for again. */
async function read({ api }, id) {
  for (let lost = 1; ; lost += 1) {
    try {
      return await api.item(id);
    } catch (error) {
      const final = error instanceof ApiError && error.status < 500 && error.status !== 429;
      if (final || lost === LOST_ANSWERS) throw error;
      await sleep(LONGEST_WAIT);
    }
  }
}

function bankUrl(item) {
  const places = [item.userAction?.attributes?.url, item.parameter?.data];
  return places.find((place) => /^https?:\/\//.test(place ?? "")) ?? null;
}

function actionOf(item, url) {
  const picture = item.userAction?.type === "qr" ? item.userAction.attributes?.data : null;
  const instructions = item.userAction?.instructions ?? item.parameter?.instructions ?? null;
  return { url, instructions, picture: picture ? `data:image/png;base64,${picture}` : null };
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
