"""Which institutions can do what with payments; which real ones can is on the connector."""

from dataclasses import dataclass

from tomada.simulator.connectors import Connector


@dataclass(frozen=True, slots=True)
class Abilities:
    """What one connector can do."""

    payments: bool
    boletos: bool

    def shape(self) -> dict[str, bool]:
        """Give the connector's flags."""
        return {
            "supportsPaymentInitiation": self.payments,
            "supportsScheduledPayments": self.payments,
            "supportsSmartTransfers": self.payments,
            "supportsBoletoManagement": self.boletos,
            "supportsAutomaticPix": self.payments,
        }


def abilities(connector: Connector) -> Abilities:
    """Say what *connector* can do.

    Open Finance institutions initiate payments; boletos are issued at the sandbox's business
    bank and at the invented business bank.
    """
    return Abilities(
        payments=connector.is_open_finance,
        boletos=connector.type == "BUSINESS_BANK",
    )
