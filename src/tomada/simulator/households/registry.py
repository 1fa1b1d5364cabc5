"""What the central bank's credit registry (SCR) knows of a customer, month by month.

The fields and codes are the registry's own. Balances are split by the days until they fall due.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tomada.simulator.households.bank_days import add_months, days_in_month
from tomada.simulator.households.loans import loans_of
from tomada.simulator.households.profile import Relationship
from tomada.simulator.households.rows import money
from tomada.simulator.products.records import LoanRecord

# Bucket by the most days until a part falls due; what is later still is in the last one.
_BUCKETS = (
    (30, "v110"), (60, "v120"), (90, "v130"), (180, "v140"), (360, "v150"), (720, "v160"),
    (1080, "v165"), (1440, "v170"), (1800, "v175"), (5400, "v180"),
)  # fmt: skip
_LAST_BUCKET, _LIMIT_BUCKET = "v190", "v20"
_CARD, _CARD_LIMIT = "1304", "1904"
_FREE_FUNDS, _EARMARKED_FUNDS, _FIXED_RATE = "0101", "0202", "11"
_MORTGAGE = "0902"
_GUARANTEES = {"0902": "0424", "0401": "0423", "0301": "0101", "0216": "0902"}


def registry_of(
    bank: Relationship, *, base_dates: Sequence[date], closed_until: date
) -> list[dict[str, Any]]:
    """Report each of *base_dates* (first days of months); a month not closed yet is empty."""
    return [
        _report(bank, month) if month <= closed_until else _not_closed(month)
        for month in base_dates
    ]


def _report(bank: Relationship, month: date) -> dict[str, Any]:
    end = month.replace(day=days_in_month(month.year, month.month))
    operations = [_operation(loan, end) for loan in loans_of(bank, today=end) if loan.outstanding]
    operations += _card(bank, month)
    rng = bank.rng("registry", month)
    return {
        "dtb": int(f"{month:%Y%m}"),
        "docProc": f"{Decimal(rng.randint(9700, 9999)).scaleb(-2)}",
        "volProc": f"{Decimal(rng.randint(9800, 9999)).scaleb(-2)}",
        "qtdIfs": 1,
        "qtdCongFinc": 1,
        "dtbIniRel": f"{_known_since(bank):%Y%m}",
        "coobAss": 0,
        "coobRec": 0,
        "lsOp": operations,
    }


def _known_since(bank: Relationship) -> date:
    """Give the month in which the customer first owed anything."""
    return add_months(date(2008, 1, 1), bank.rng("registry").randrange(120))


def _not_closed(month: date) -> dict[str, Any]:
    return {
        "dtb": int(f"{month:%Y%m}"),
        "msg": "Data-base ainda não disponível",
        "qtdIfs": 0,
        "qtdCongFinc": 0,
        "coobAss": 0,
        "coobRec": 0,
        "lsOp": [],
    }


def _operation(loan: LoanRecord, end: date) -> dict[str, Any]:
    guarantee = _GUARANTEES.get(loan.modality)
    return {
        "mod": loan.modality,
        "oriRec": _EARMARKED_FUNDS if loan.modality == _MORTGAGE else _FREE_FUNDS,
        "indx": _FIXED_RATE,
        "varCamb": "N",
        "resVenc": _by_bucket(((due - end).days, amount) for due, amount in loan.to_come),
        "lsGar": [] if guarantee is None else [{"tp": guarantee, "qtd": 1}],
        "lsInfAd": [],
    }


def _card(bank: Relationship, month: date) -> list[dict[str, Any]]:
    limit = bank.income * 3
    used = limit * bank.rng("registry card", month).randint(15, 55) // 100
    parts = ((20, money(used * 6 // 10)), (50, money(used - used * 6 // 10)))
    shown: tuple[tuple[str, dict[str, Decimal]], ...] = (
        (_CARD, _by_bucket(parts)),
        (_CARD_LIMIT, {_LIMIT_BUCKET: money(limit - used)}),
    )
    return [
        {
            "mod": modality,
            "oriRec": _FREE_FUNDS,
            "indx": _FIXED_RATE,
            "varCamb": "N",
            "resVenc": balances,
            "lsGar": [],
            "lsInfAd": [],
        }
        for modality, balances in shown
    ]


def _by_bucket(parts: Iterable[tuple[int, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for days, amount in parts:
        bucket = next((name for most, name in _BUCKETS if days <= most), _LAST_BUCKET)
        sums[bucket] = sums.get(bucket, Decimal(0)) + amount
    return sums
