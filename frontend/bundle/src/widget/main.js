/* Starts the page: who opened it, in which language and theme, and how it closes. */
import { Api } from "./api.js";
import { run } from "./flow.js";
import { connectHost } from "./host.js";
import { farewell } from "./screens/ending.js";
import { Shell } from "./shell.js";
import { wordsFor } from "./words.js";

function start() {
  const host = connectHost();
  const { options } = host;
  const words = wordsFor(options.language);
  document.documentElement.lang = words.lang;
  document.documentElement.dataset.theme = options.theme === "dark" ? "dark" : "light";
  document.title = words.termsTitle;
  const shell = new Shell(document.getElementById("app"), words);
  const context = { host, words, shell, api: new Api(options.connectToken), ...closing(host, shell, words) };
  shell.closing = context.leave;
  run(context);
}

/** Keeps whether something is under way and whether the host hides us, and closes accordingly. */
function closing(host, shell, words) {
  let busy = false;
  let hidden = false;
  const close = async () => {
    await host.close();
    farewell({ shell, words });
  };
  return {
    close,
    busy: (value) => {
      busy = value;
    },
    leave: async () => {
      if (!busy || (await shell.confirmLeave())) await close();
    },
    onhide: host.canHide
      ? async () => {
          hidden = true;
          await host.hide();
        }
      : null,
    reveal: async () => {
      if (hidden) await host.show();
      hidden = false;
    },
    endedHidden: async () => {
      if (hidden) await close();
      return hidden;
    },
  };
}

start();
