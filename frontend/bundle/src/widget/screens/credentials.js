/* The login form of one institution. */
import { h, logo } from "../dom.js";
import { formOf } from "../fields.js";
import { primary } from "../shell.js";

/**
 * Resolves to the values, or to null when the person went back.
 * `problem` is a sentence about the whole form, `problems` are about single fields.
 */
export function credentials({ shell, words }, connector, { values, problems, problem, updating, back }) {
  return new Promise((resolve) => {
    const { form, focus } = formOf(connector.credentials ?? [], {
      id: "credentials", words, values, problems, onvalues: resolve,
    });
    shell.show("credentials", {
      title: words.formTitle(connector.name),
      lead: words.formLead,
      mark: logo(connector),
      body: [problem ? h("p", { class: "banner", role: "alert" }, problem) : null, form],
      actions: [primary(updating ? words.formUpdate : words.formSubmit, { type: "submit", form: "credentials", testid: "submit" })],
      back: back ? () => resolve(null) : null,
    });
    focus();
  });
}
