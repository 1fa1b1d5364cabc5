"""Every setting of the simulator's payments side, its default, its sentence.

Where the provider's behaviour is not published the setting says so ("not published") and the
default is our reading of it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSettings:
    """What the payments side of one simulator is told at start."""

    # Payments are a gated product: False answers 403 everywhere (its body is not published).
    enabled: bool = True
    # Time between two states of a payment; zero still passes through every state.
    step: timedelta = timedelta(0)
    # How long a payer may take to approve (not published).
    consent_ttl: timedelta = timedelta(minutes=15)
    # After this a request nobody paid is EXPIRED (not published); None never.
    request_ttl: timedelta | None = timedelta(days=30)
    # São Paulo hour at which payments of a day are made (not published).
    settle_hour: int = 6
    # Status where 204 is documented; the official Node client takes nothing but 200.
    no_content_status: Literal[200, 204] = 200
    # Documents must have right check digits; what the provider checks is not published.
    check_digits: bool = True
    # Cancelled rows of a schedule are CANCELED, which the published list of statuses lacks and
    # the official client has; False leaves them out of the list.
    show_canceled_schedules: bool = True
    # A smart transfer over a limit: made and then rejected, or refused with 400 (not published).
    over_limit: Literal["reject", "refuse"] = "reject"
    # Live balances per preauthorization and month (the number is not published); None no limit.
    balance_reads_per_month: int | None = 420
    # Sandbox boletos move one step each time, towards the status chosen.
    boleto_step: timedelta = timedelta(minutes=5)
    # How the status is chosen when a boleto is issued is not published; this, or the control API.
    boleto_outcome: Literal["OPEN", "PAID", "OVERDUE", "CANCELLED", "PROTESTED"] = "PAID"
    # Bulk payments, smart accounts, receipts: only in official clients, not in the published
    # document. "gone" answers 404.
    leftovers: Literal["ok", "gone"] = "ok"
