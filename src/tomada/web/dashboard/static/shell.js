// What every page can do: theme, menus that close, signing out.

import { send } from "./wire.js";
import { toastError } from "./toasts.js";

const root = document.documentElement;
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches;
}

document.querySelector("[data-theme-toggle]")?.addEventListener("click", () => {
  const theme = isDark() ? "light" : "dark";
  root.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `tomada_theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
});

function closePops(except) {
  for (const pop of document.querySelectorAll("details[data-pop][open]")) {
    if (pop !== except) pop.open = false;
  }
}

document.addEventListener("click", (event) => {
  closePops(event.target.closest("details[data-pop]"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-pop][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-sign-out]");
  if (!button) return;
  button.disabled = true;
  try {
    await send("DELETE", "/api/session");
    location.assign("/entrar");
  } catch (failure) {
    button.disabled = false;
    toastError(failure);
  }
});
