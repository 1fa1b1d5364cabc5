"""Open balance cases in a person's words."""

from collections.abc import Iterable
from datetime import datetime

from tomada.domain.proofs import BalanceCase
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts


def case_words(cases: Iterable[BalanceCase], *, now: datetime, texts: Texts) -> dict[str, str]:
    """Say of each account whose balance is not explained by how much, since when and why."""
    return {str(case.account_id): _words(case, now, texts) for case in cases if not case.closed_at}


def _words(case: BalanceCase, now: datetime, texts: Texts) -> str:
    return " ".join(
        (
            texts(
                "case.more" if case.difference_minor > 0 else "case.less",
                amount=wording.money(case.difference_minor, case.currency, texts.language),
                since=wording.moment(case.since, now, texts),
            ),
            texts(f"case.{case.cause}"),
        )
    )
