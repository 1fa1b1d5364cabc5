/* A product's page: `show(props)` renders the button, `heard` keeps what the product was told. */
import { StrictMode, version } from "react";
import { createRoot } from "react-dom/client";
import { PluggyConnectButton } from "@tomada/react";

const root = createRoot(document.getElementById("product"));
const hear = (name) => (told) => window.heard.push({ name, ...told });

window.heard = [];
window.react = version;
window.show = (props) => {
  root.render(
    <StrictMode>
      <PluggyConnectButton
        {...props}
        onConnected={hear("connected")}
        onSuccess={hear("success")}
        onError={hear("error")}
        onClose={hear("close")}
        onReconnectRequired={hear("reconnect")}
      />
    </StrictMode>,
  );
};
window.show({ connectorId: 613, consentUrl: "/conectar/613" });
