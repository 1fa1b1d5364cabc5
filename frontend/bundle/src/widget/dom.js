/* Makes elements; text is always text, never markup. */

/** Makes one element; `on…` keys are listeners, `null` and `false` leave an attribute out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const PATHS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 7v6M12 16.5v.5",
  lock: "M7 11V8a5 5 0 0110 0v3M6 11h12v9H6z",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 100 6 3 3 0 000-6",
  search: "M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM20 20l-4.9-4.9",
  next: "M9 5l7 7-7 7",
  clock: "M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4.5l3 2",
  open: "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 01-1 1H5a1 1 0 01-1-1V7a1 1 0 011-1h5",
};

/** Draws one line icon; it says nothing to a screen reader. */
export function icon(name, size = 20) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const attributes = { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: "icon" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, String(value));
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Shows an institution by its logo, or by its initials when there is none to load. */
export function logo(connector) {
  const box = h("span", { class: "logo", "aria-hidden": "true" }, initials(connector.name));
  if (/^#?[0-9a-f]{6}$/i.test(connector.primaryColor ?? "")) {
    box.style.setProperty("--brand", `#${connector.primaryColor.replace("#", "")}`);
  }
  if (connector.imageUrl) {
    const image = new Image();
    image.alt = "";
    image.addEventListener("load", () => box.replaceChildren(image));
    image.src = connector.imageUrl;
  }
  return box;
}

function initials(name) {
  const words = name.split(/\s+/).filter((word) => !/^(banco|de|do|da)$/i.test(word));
  const chosen = words.length > 0 ? words : [name];
  return chosen.slice(0, 2).map((word) => word[0]).join("").toUpperCase();
}
