/* Elements without templates: `h("p.quiet", { title: "…" }, "text", child)`. */

/** Makes an element; text is always text, never markup. */
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button; `key` names it across renderings, so that it keeps the focus. */
export function button(label, onclick, { key, kind = "", title } = {}) {
  return h(`button${kind && `.${kind}`}`, { type: "button", onclick, "data-key": key, title }, label);
}

/**
 * Gives a function that renders a place anew when what it shows has changed, and only then; open
 * details stay open and the focus stays on the element of the same key.
 */
export function place(id, render) {
  const target = document.getElementById(id);
  let shown = null;
  return (...told) => {
    const text = JSON.stringify(told);
    if (text === shown) return;
    shown = text;
    const focused = target.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const open = new Set([...target.querySelectorAll("details[open]")].map((one) => one.dataset.key));
    const { scrollTop } = target;
    target.replaceChildren(...[render(...told)].flat());
    for (const one of target.querySelectorAll("details")) {
      if (open.has(one.dataset.key)) one.open = true;
    }
    target.scrollTop = scrollTop;
    if (focused) target.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  };
}
