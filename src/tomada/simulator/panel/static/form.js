/* One dialog that asks for a few values. */
import { say } from "./api.js";
import { h } from "./dom.js";

let count = 0;

/**
 * Asks and then does. Fields are `{ name, label, type?, options?, value?, hint?, placeholder? }`;
 * what is left empty is not sent. A refusal is shown in the dialog, which stays open.
 */
export function ask({ title, intro, fields, verb, send }) {
  const wrong = h("p.wrong", { role: "alert" });
  const form = h("form", { method: "dialog", novalidate: true }, h("h2", {}, title), intro ? h("p.quiet", {}, intro) : null,
    fields.map(field), wrong,
    h("div.row.end", {}, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), h("button.main", { type: "submit" }, verb)));
  const dialog = h("dialog", { onclose: () => dialog.remove() }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    try {
      const told = await send(valuesOf(form, fields));
      dialog.close();
      say(typeof told === "string" ? told : "Done");
    } catch (error) {
      wrong.textContent = error.message;
    }
    document.dispatchEvent(new Event("refresh"));
  });
  document.body.append(dialog);
  dialog.showModal();
}

function field({ name, label, type = "text", options, value = "", hint, placeholder }) {
  count += 1;
  const id = `field-${count}`;
  const described = hint ? `${id}-hint` : null;
  const shared = { id, name, "aria-describedby": described };
  const input = options
    ? h("select", shared, options.map((one) => choice(one, value)))
    : h("input", { ...shared, type: type === "number" ? "text" : type, inputmode: type === "number" ? "decimal" : null, value, placeholder, autocomplete: "off" });
  return h("div.field", {}, h("label", { for: id }, label), input, hint ? h("small.quiet", { id: described }, hint) : null);
}

function choice(one, chosen) {
  const [value, label] = Array.isArray(one) ? one : [one, one];
  return h("option", { value, selected: value === chosen }, label);
}

function valuesOf(form, fields) {
  const values = {};
  for (const { name, label, type } of fields) {
    const text = form.elements[name].value.trim();
    if (text === "") continue;
    values[name] = type === "number" ? Number(text.replace(",", ".")) : text;
    if (type === "number" && Number.isNaN(values[name])) throw new Error(`${label} must be a number`);
  }
  return values;
}
