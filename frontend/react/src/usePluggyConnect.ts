import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Connection, type ConnectOptions, type ConnectRequest } from "./connection.js";
import { IDLE, type ConnectState } from "./state.js";

export interface PluggyConnect {
  state: ConnectState;
  /** A call of `connect` would be ignored: something is on its way. */
  busy: boolean;
  /** Opens the widget; while it is open, or its bank is being read, further calls do nothing. */
  connect: (request?: ConnectRequest) => void;
  /** Takes the widget off the screen and goes back to the beginning. */
  reset: () => void;
}

/**
 * Connects a bank: token, official widget, first reading.
 *
 * The options may be new ones at every render; those of the last are used.
 */
export function usePluggyConnect(options: ConnectOptions = {}): PluggyConnect {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const [connection] = useState(() => new Connection(() => latest.current));
  const state = useSyncExternalStore(connection.subscribe, connection.state, () => IDLE);
  useEffect(() => connection.stop, [connection]);
  const connect = useCallback(
    (request?: ConnectRequest) => void connection.start(request),
    [connection],
  );
  return { state, busy: connection.busy, connect, reset: connection.stop };
}
