"""How the products beside accounts behave where the provider's documents leave it open.

Each default is our reading; "not published" says that there is nothing to read.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSettings:
    """What a simulator is told of its products at start."""

    # Open Finance: readings a month of one product of one person at one institution, and calls of
    # the live balance. The regulator's numbers differ by product; the provider says only that four
    # runs a day fit. None is no limit.
    runs_per_month: int | None = 124
    balances_per_month: int | None = 420

    # How long a bank consent lasts; None is open-ended, which is the rule in Open Finance.
    consent_lasts: timedelta | None = None
    # What lists of a revoked item answer ("may answer empty", so both occur).
    revoked_lists: Literal["kept", "empty"] = "kept"

    # Whether a category rule looks at capitals (not published).
    rules_match_case: bool = False

    # The credit registry is a paid extra, refused with 403 where it is not enabled.
    credit_registry: bool = True
    # Months until a base date is published, and the most base dates of one question.
    registry_lag_months: int = 2
    registry_most_dates: int = 60

    # How long the address of a statement file is good for.
    statement_url_ttl: timedelta = timedelta(minutes=30)

    # Endpoints that only older clients know: simple answers, 404 or 410 (not published).
    leftovers: Literal["simple", "not_found", "gone"] = "simple"

    # Connector 200, which passes on what a person has connected at the provider's own site. Its
    # items have been seen to come back without `clientUserId`.
    meu_pluggy: bool = False
    meu_pluggy_shows_client_user_id: bool = False
