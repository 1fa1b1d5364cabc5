/* Form fields from the provider's credential descriptions, with labels and messages of their own. */
import { h, icon } from "./dom.js";

/** One field of a form: `element` to show, `problem()` to check, `value` to send. */
export class Field {
  constructor(credential, { words, value = "", autofocus = false }) {
    this.credential = credential;
    this.words = words;
    const { name, label, assistiveText, instructions } = credential;
    this.id = `field-${name}`;
    this.control = credential.type === "select" ? this.#select(value) : this.#input(value);
    this.control.autofocus = autofocus;
    this.message = h("p", { class: "message", id: `${this.id}-message`, role: "alert" });
    const help = assistiveText || instructions;
    const described = [`${this.id}-message`, help ? `${this.id}-help` : null].filter(Boolean);
    this.control.setAttribute("aria-describedby", described.join(" "));
    this.control.addEventListener("input", () => this.complain(null));
    this.element = h(
      "div",
      { class: "field" },
      h("label", { for: this.id }, label || name),
      credential.type === "image" ? this.#picture() : null,
      help ? h("p", { class: "help", id: `${this.id}-help` }, help) : null,
      h("div", { class: "control" }, this.control, credential.type === "password" ? this.#reveal() : null),
      this.message,
    );
  }

  get name() {
    return this.credential.name;
  }

  get value() {
    return this.control.value.trim();
  }

  /** Says what is wrong with the value, or null. */
  problem() {
    const { optional, validation, validationMessage } = this.credential;
    if (this.value === "") return optional ? null : this.words.required;
    if (!validation) return null;
    return matches(validation, this.value) ? null : validationMessage || this.words.invalid;
  }

  /** Shows a message under the field; null takes it away. */
  complain(message) {
    this.message.textContent = message ?? "";
    this.control.toggleAttribute("aria-invalid", message !== null);
    if (message !== null) this.control.setAttribute("aria-invalid", "true");
  }

  #input(value) {
    const { name, type, placeholder } = this.credential;
    const secret = type === "password";
    return h("input", {
      id: this.id, name, value, placeholder: placeholder || null,
      type: secret ? "password" : "text",
      inputmode: type === "number" ? "numeric" : null,
      autocomplete: this.credential.mfa ? "one-time-code" : "off",
      autocapitalize: "none", spellcheck: "false", "data-testid": `field-${name}`,
    });
  }

  #select(value) {
    const { name, options } = this.credential;
    const choices = (options ?? []).map((option) =>
      h("option", { value: option.value, selected: option.value === value }, option.label),
    );
    const none = h("option", { value: "" }, this.words.choose);
    return h("select", { id: this.id, name, "data-testid": `field-${name}` }, none, choices);
  }

  #picture() {
    const { data } = this.credential;
    if (!data) return null;
    const source = data.startsWith("data:") ? data : `data:image/png;base64,${data}`;
    return h("img", { class: "picture", src: source, alt: this.words.mfaImage });
  }

  #reveal() {
    const button = h("button", { type: "button", class: "reveal", "aria-label": this.words.show, "aria-pressed": "false" }, icon("eye"));
    button.addEventListener("click", () => {
      const hidden = this.control.type === "password";
      this.control.type = hidden ? "text" : "password";
      button.setAttribute("aria-pressed", String(hidden));
      button.setAttribute("aria-label", hidden ? this.words.hide : this.words.show);
    });
    return button;
  }
}

/** Runs a connector's expression; one that this browser cannot read is left to the server. */
function matches(expression, value) {
  try {
    return new RegExp(expression).test(value);
  } catch {
    return true;
  }
}

/**
 * Makes a form of fields. `onvalues` gets the values when all are right; `problems` are messages
 * from the server by field name, shown at once.
 */
export function formOf(credentials, { id, words, values = {}, problems = {}, onvalues }) {
  const fields = credentials.map((credential) => new Field(credential, { words, value: values[credential.name] }));
  const form = h("form", { id, novalidate: true, class: "fields" }, fields.map((field) => field.element));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = fields.filter((field) => {
      const problem = field.problem();
      field.complain(problem);
      return problem !== null;
    });
    if (wrong.length > 0) {
      wrong[0].control.focus();
      return;
    }
    const given = fields.filter((field) => field.value !== "");
    onvalues(Object.fromEntries(given.map((field) => [field.name, field.value])));
  });
  for (const field of fields) if (problems[field.name]) field.complain(problems[field.name]);
  return { form, focus: () => (fields.find((field) => problems[field.name]) ?? fields.find((field) => field.value === ""))?.control.focus() };
}
