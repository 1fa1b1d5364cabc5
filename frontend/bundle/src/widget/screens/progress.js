/* What is happening at the bank now, and the two ways it can wait for the person. */
import { h, icon, logo } from "../dom.js";
import { formOf } from "../fields.js";
import { primary, quiet } from "../shell.js";

const STEP = {
  ACCOUNTS_IN_PROGRESS: 1, CREDITCARDS_IN_PROGRESS: 1,
  TRANSACTIONS_IN_PROGRESS: 2, PAYMENT_DATA_IN_PROGRESS: 2,
  INVESTMENTS_IN_PROGRESS: 3, INVESTMENTS_TRANSACTIONS_IN_PROGRESS: 3, IDENTITY_IN_PROGRESS: 3,
  LOANS_IN_PROGRESS: 3, ACCOUNT_STATEMENTS_IN_PROGRESS: 3, MERGING: 3,
};

/** Tells whether the run has passed the login. */
export function isLoggedIn(item) {
  return item.executionStatus in STEP || item.status === "UPDATED";
}

/** Shows the steps; gives the function that moves them on. */
export function progress({ shell, words }, connector, { onhide }) {
  const rows = words.steps.map((text) => ({ text, state: h("span", { class: "hidden" }), row: h("li", {}) }));
  for (const { text, state, row } of rows) row.append(h("span", { class: "dot" }, icon("check", 14)), h("span", {}, text), state);
  shell.show("progress", {
    title: words.progressTitle(connector.name),
    lead: words.progressLead,
    mark: h("span", { class: "pulse", "aria-hidden": "true" }, logo(connector)),
    body: [h("ol", { class: "steps", role: "status" }, rows.map(({ row }) => row))],
    actions: onhide ? [quiet(words.progressHide, onhide, "hide")] : [],
  });
  return (item) => {
    const now = STEP[item.executionStatus] ?? 0;
    rows.forEach(({ row, state }, index) => {
      row.className = index < now ? "done" : index === now ? "now" : "";
      const said = index < now ? words.stepDone : index === now ? words.stepNow : "";
      // Only a change is written, so that a screen reader does not repeat itself.
      if (state.textContent !== said) state.textContent = said;
    });
  };
}

/** Asks for the one-time value; resolves to `{name: value}`. */
export function mfa({ shell, words }, connector, parameter, { problem }) {
  return new Promise((resolve) => {
    const field = { ...parameter, mfa: true };
    const { form, focus } = formOf([field], {
      id: "mfa", words, problems: problem ? { [parameter.name]: problem } : {}, onvalues: resolve,
    });
    shell.show("mfa", {
      title: words.mfaTitle,
      lead: words.mfaLead,
      mark: logo(connector),
      body: [form],
      actions: [primary(words.mfaSubmit, { type: "submit", form: "mfa", testid: "submit" })],
    });
    focus();
  });
}

/** Sends the person to the bank, or shows the code to scan there. */
export function bankAction({ shell, words, host }, connector, { url, instructions, picture }) {
  shell.show("action", {
    title: words.actionTitle,
    lead: instructions || words.actionLead,
    mark: logo(connector),
    body: [
      picture ? h("img", { class: "picture", src: picture, alt: words.mfaImage }) : null,
      h("p", { class: "waiting", role: "status" }, icon("clock", 18), words.actionWaiting),
    ],
    actions: url ? [primary(words.actionOpen, { onclick: () => host.openAtBank(url), testid: "open-bank" })] : [],
  });
}
