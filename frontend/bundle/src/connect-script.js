/*
 * The script that pages load from the provider's CDN, with one difference: a widget that names no
 * `url` opens at the simulator that served this script. It defines the global `PluggyConnect`.
 */
import { PluggyConnect as Official } from "pluggy-connect-sdk/dist/module/pluggy-connect.js";

const PATH = "/pluggy-connect.js";

/** Finds the tag that loaded us; a module has no current script, so its address is looked for. */
function ownOrigin() {
  const tag = document.currentScript ?? [...document.scripts].find(({ src }) => src && new URL(src).pathname.endsWith(PATH));
  return new URL(tag?.src ?? location.href).origin;
}

const ORIGIN = ownOrigin();

window.PluggyConnect = class PluggyConnect extends Official {
  constructor(options) {
    super({ ...options, url: options?.url ?? ORIGIN });
  }
};
