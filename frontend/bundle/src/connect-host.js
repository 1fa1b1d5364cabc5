/* What a page imports to open the official Pluggy Connect widget: `new PluggyConnect({...}).init()`. */
export { PluggyConnect } from "pluggy-connect-sdk/dist/module/pluggy-connect.js";
