export { PluggyConnectButton, type PluggyConnectButtonProps } from "./PluggyConnectButton.js";
export { usePluggyConnect, type PluggyConnect } from "./usePluggyConnect.js";
export { Connection, type ConnectOptions, type ConnectRequest } from "./connection.js";
export type { ConnectState, ErrorReason, Reading, ReconnectReason } from "./state.js";
export type { Paths, ServerOptions } from "./server.js";
export type { LoadWidget, WidgetClass, WidgetItem, WidgetOptions } from "./widget.js";
export { WORDS, type Words } from "./words.js";
