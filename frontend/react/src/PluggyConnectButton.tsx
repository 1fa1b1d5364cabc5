import { useRef, type ReactElement, type ReactNode } from "react";
import type { ConnectOptions, ConnectRequest } from "./connection.js";
import { usePluggyConnect } from "./usePluggyConnect.js";
import { say, WORDS, type Words } from "./words.js";

export interface PluggyConnectButtonProps extends ConnectOptions, ConnectRequest {
  locale?: "pt-BR" | "en";
  /** Words of the product's own in place of some of ours. */
  words?: Partial<Words>;
  /** Where the person agrees, shown as a link when that is what is missing. */
  consentUrl?: string;
  /** A class besides `connect-bank-button`. */
  className?: string;
  disabled?: boolean;
  /** A label instead of *Conectar Banco*. */
  children?: ReactNode;
}

/**
 * A button that connects a bank, and beside it a line that says how it goes.
 *
 * It brings no styles: `.connect-bank-button` and `.connect-bank-status` are the product's, and
 * both carry the state in `data-status`.
 */
export function PluggyConnectButton(props: PluggyConnectButtonProps): ReactElement {
  const { locale = "pt-BR", consentUrl, className, disabled, children } = props;
  const words = { ...WORDS[locale], ...props.words };
  const button = useRef<HTMLButtonElement>(null);
  const { state, busy, connect } = usePluggyConnect({
    ...props,
    language: props.language ?? (locale === "pt-BR" ? "pt" : "en"),
    onWidgetClosed: () => {
      button.current?.focus();
      props.onWidgetClosed?.();
    },
  });
  const request: ConnectRequest = {};
  if (props.connectorId !== undefined) request.connectorId = props.connectorId;
  if (props.itemId !== undefined) request.itemId = props.itemId;
  const known = state.status === "reconnect" || props.itemId !== undefined;
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className ? `connect-bank-button ${className}` : "connect-bank-button"}
        data-status={state.status}
        aria-haspopup="dialog"
        aria-busy={busy}
        // Not `disabled` while busy: it would take the focus away.
        aria-disabled={busy || disabled || undefined}
        disabled={disabled}
        onClick={() => connect(request)}
      >
        {children ?? (known ? words.reconnect : words.connect)}
      </button>
      <span role="status" className="connect-bank-status" data-status={state.status}>
        {say(words, state)}
        {state.status === "consent" && consentUrl !== undefined && (
          <>
            {" "}
            <a href={consentUrl}>{words.consentLink}</a>
          </>
        )}
      </span>
    </>
  );
}
