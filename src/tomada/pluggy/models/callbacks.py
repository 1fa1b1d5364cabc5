"""Where a browser goes after a payment."""

from tomada.pluggy.model import Model


class PaymentRequestCallbackUrls(Model, frozen=True, kw_only=True, gc=False):
    """Where the payer's browser goes afterwards."""

    success: str | None = None
    pending: str | None = None
    error: str | None = None
