/* The frame around every screen: header with back and close, the screen itself, the small print. */
import { h, icon } from "./dom.js";

export class Shell {
  constructor(root, words) {
    this.words = words;
    this.closing = () => {};
    this.main = h("main", { class: "screen" });
    this.backButton = h("button", { type: "button", class: "round", "aria-label": words.back, "data-testid": "back" }, icon("back"));
    this.closeButton = h("button", { type: "button", class: "round", "aria-label": words.close, "data-testid": "close", onclick: () => this.closing() }, icon("close"));
    this.backButton.addEventListener("click", () => this.goBack?.());
    root.replaceChildren(
      h("header", { class: "bar" }, this.backButton, this.closeButton),
      this.main,
      h("footer", { class: "small-print" }, words.test),
    );
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closing();
    });
  }

  /**
   * Replaces the screen. `name` is its stable name for tests; `back` is what the back button does.
   * The heading takes the focus, so that a screen reader says where the person is.
   */
  show(name, { title, lead = null, mark = null, body = [], actions = [], back = null, role = null }) {
    this.goBack = back;
    this.backButton.hidden = back === null;
    const heading = h("h1", { tabindex: "-1" }, title);
    const middle = h(
      "div",
      { class: "scroll" },
      mark,
      heading,
      lead === null ? null : h("p", { class: "lead" }, lead),
      body,
    );
    this.main.dataset.testid = `screen-${name}`;
    if (role !== null) middle.setAttribute("role", role);
    this.main.replaceChildren(middle, actions.length > 0 ? h("div", { class: "actions" }, actions) : "");
    heading.focus({ preventScroll: true });
  }

  /** Asks whether to leave while something is under way; resolves to the answer. */
  confirmLeave() {
    const { words } = this;
    return new Promise((resolve) => {
      const dialog = h(
        "dialog",
        { class: "leave", "aria-label": words.leave },
        h("h2", {}, words.leave),
        h("p", {}, words.leaveLead),
        h("button", { type: "button", class: "primary", onclick: () => dialog.close("stay") }, words.leaveNo),
        h("button", { type: "button", class: "quiet", "data-testid": "leave", onclick: () => dialog.close("leave") }, words.leaveYes),
      );
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "leave");
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }
}

/** Makes the one main button of a screen. */
export function primary(label, { onclick = null, type = "button", testid = "continue", form = null } = {}) {
  return h("button", { type, class: "primary", "data-testid": testid, onclick, form }, label);
}

/** Makes a second choice beside the main button. */
export function quiet(label, onclick, testid) {
  return h("button", { type: "button", class: "quiet", "data-testid": testid, onclick }, label);
}
