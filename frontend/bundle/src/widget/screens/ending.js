/* How it ends: connected, failed, or with nothing more to do here. */
import { h, icon } from "../dom.js";
import { primary, quiet } from "../shell.js";

/** Resolves when the person is done looking. */
export function done({ shell, words }, connector, { partial }) {
  return new Promise((resolve) => {
    shell.show("done", {
      title: words.doneTitle,
      lead: words.doneLead(connector.name),
      mark: h("span", { class: "sign good", "aria-hidden": "true" }, icon("check", 30)),
      body: [partial ? h("p", { class: "banner" }, words.donePartial) : null],
      actions: [primary(words.doneClose, { onclick: resolve, testid: "done" })],
      role: "status",
    });
  });
}

/** Resolves to "retry" or "other"; `other` false leaves only the first. */
export function failed({ shell, words }, { title, text, detail = null, retry = true, other = false, onclose }) {
  return new Promise((resolve) => {
    const again = retry ? primary(words.retry, { onclick: () => resolve("retry"), testid: "retry" }) : null;
    const actions = [
      again ?? primary(words.close, { onclick: onclose, testid: "leave" }),
      other ? quiet(words.other, () => resolve("other"), "other") : null,
    ];
    shell.show("failed", {
      title,
      lead: text,
      mark: h("span", { class: "sign bad", "aria-hidden": "true" }, icon("alert", 30)),
      body: [detail ? h("p", { class: "banner" }, detail) : null],
      actions: actions.filter(Boolean),
      role: "alert",
    });
  });
}

/** Says that the window may go; for tabs that no script may close. */
export function farewell({ shell, words }) {
  shell.closeButton.hidden = true;
  shell.show("bye", { title: words.bye, mark: h("span", { class: "sign", "aria-hidden": "true" }, icon("check", 30)) });
}
