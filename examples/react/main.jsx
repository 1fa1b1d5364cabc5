import { createRoot } from "react-dom/client";
import { PluggyConnectButton } from "@tomada/react";

function Banks() {
  return (
    <main>
      <h1>Minhas contas</h1>
      <PluggyConnectButton
        consentUrl="/conectar"
        onSuccess={({ transactions }) => console.info(`${transactions} lançamentos`)}
      />
    </main>
  );
}

createRoot(document.getElementById("root")).render(<Banks />);
