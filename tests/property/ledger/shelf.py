"""A ledger filled with random rows through the code that fills it, and what a naive reader sees."""

import random
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from tests.property.normalise.wire_forms import a_transaction, an_account
from tomada.domain.ids import EntityId, ItemId
from tomada.pluggy.models.accounts import Account
from tomada.pluggy.models.transactions import Transaction
from tomada.services.account_rows import account_row
from tomada.services.ledger import Ledger
from tomada.services.pages import Book
from tomada.services.vault import Keys
from tomada.store.accounts import AccountRows
from tomada.store.items import ItemRow, ItemRows
from tomada.store.tx import Store, Tx

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ITEMS = tuple(ItemId(f"00000000-0000-4000-8000-00000000000{n}") for n in (1, 2))
ACCOUNTS = tuple(f"00000000-0000-4000-8000-0000000000a{n}" for n in range(4))
_KINDS = ("BANK", "CREDIT", "BANK", "BANK")
_OWNERS = (ITEMS[0], ITEMS[0], ITEMS[1], ITEMS[1])
_CURRENCIES = ("BRL", "BRL", "BRL", "USD")

WORDS = ("Padaria", "São João", "AÇOUGUE", "Café", "pão", "Ipê", "Straße", "İstanbul", "ação",
         "x", "Nº 1", "%", "_", "a_b", "\\", "crédito", "Œuvre", "日本", "naïve", "\u0000", "ﬁm")  # fmt: skip
# Few days, so that many rows share one; some lie in the future, some before the first month.
DAYS_BEFORE = (0, 1, 1, 2, 30, 31, 60, 150, 200, 330, 370, -3)
_CATEGORIES = (None, "01000000", "04000000", "05100000", "03000000", "03060000", "07020000")
_OPERATIONS = (None, "PIX", "PAGAMENTO", "PAGAMENTO_FATURA", "ESTORNO")


@dataclass(frozen=True, slots=True)
class Line:
    """A row as the test wrote it."""

    pluggy_id: str
    account: str
    item: ItemId
    day: date
    instant: datetime
    signed: int
    currency: str
    texts: tuple[str, ...]
    category: str | None
    operation: str | None
    gone: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is held, and what is known of it."""

    ledger: Ledger
    entity: EntityId
    lines: dict[str, Line]

    @property
    def live(self) -> list[Line]:
        return [line for line in self.lines.values() if not line.gone]


def _line(rng: random.Random, number: int) -> Line:
    n = rng.randrange(len(ACCOUNTS))
    # Few days and fewer times, so that many rows differ in nothing but their ids.
    day = TODAY - timedelta(days=rng.choice(DAYS_BEFORE))
    instant = datetime(day.year, day.month, day.day, rng.choice((3, 3, 15, 23)), tzinfo=UTC)
    texts = tuple(" ".join(rng.choices(WORDS, k=rng.randint(1, 3))) for _ in range(3))
    return Line(
        f"00000000-0000-4000-9000-{number:012}", ACCOUNTS[n], _OWNERS[n], day, instant,
        rng.choice((-1, 1)) * rng.randint(1, 10**7), _CURRENCIES[n], texts,
        rng.choice(_CATEGORIES), rng.choice(_OPERATIONS), rng.random() < 0.1,
    )  # fmt: skip


def _as_sent(line: Line, kind: str) -> Transaction:
    description, merchant, category = line.texts
    debit = line.signed < 0
    sign = -1 if debit == (kind == "BANK") else 1
    return a_transaction(
        id=line.pluggy_id, accountId=line.account, description=description,
        merchant={"name": merchant}, category=category, categoryId=line.category,
        operationType=line.operation, date=line.instant.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        type="DEBIT" if debit else "CREDIT", currencyCode=line.currency,
        amount=Decimal(sign * abs(line.signed)).scaleb(-2),
    )  # fmt: skip


async def filled(
    store: Store, ledger: Ledger, entity: EntityId, keys: Keys, *, rows: int, seed: int
) -> Shelf:
    """Write random rows; some become tombstones."""
    rng = random.Random(seed)
    lines = [_line(rng, n) for n in range(rows)]
    accounts = {
        one: an_account(kind, id=one, itemId=item, currencyCode=currency)
        for one, kind, item, currency in zip(ACCOUNTS, _KINDS, _OWNERS, _CURRENCIES, strict=True)
    }
    async with store.begin(entity) as tx:
        for item in ITEMS:
            blank = ItemRow(item, UUID(int=1), b"", "UPDATED", "", None, NOW, NOW, NOW, sealed=b"")
            assert await ItemRows(tx).add(blank)
        for one, account in accounts.items():
            row = account_row(keys, account, _OWNERS[ACCOUNTS.index(one)], "Banco", as_of=NOW)
            await AccountRows(tx).put(row)
            await _write(tx, keys, account, [line for line in lines if line.account == one])
    return Shelf(ledger, entity, {line.pluggy_id: line for line in lines})


async def _write(tx: Tx, keys: Keys, account: Account, lines: list[Line]) -> None:
    book = Book(keys, ItemId(account.item_id), account)
    await book.put(tx, [_as_sent(line, account.type) for line in lines], now=NOW)
    await book.bury(tx, [line.pluggy_id for line in lines if line.gone], now=NOW, reason="named")


def plain(text: str) -> str:
    """Fold as slowly as can be."""
    kept = [
        c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)
    ]
    return "".join(kept)


def naive_months(lines: list[Line], first: date, count: int) -> list[tuple[int, int]]:
    """Sum income and spending month by month, looking at every row for every month."""
    sums = []
    year, month = first.year, first.month
    for _ in range(count):
        of_month = [
            one for one in lines
            if (one.day.year, one.day.month) == (year, month) and one.day <= TODAY
            and one.currency == "BRL" and not _neither(one)
        ]  # fmt: skip
        on_cards = [one.signed for one in of_month if one.account == ACCOUNTS[1]]
        others = [one.signed for one in of_month if one.account != ACCOUNTS[1]]
        income = sum(one for one in others if one > 0)
        spending = -sum(one for one in others if one < 0) - sum(on_cards)
        sums.append((income, max(spending, 0)))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return sums


def _neither(line: Line) -> bool:
    category = line.category or ""
    if line.operation == "PAGAMENTO_FATURA":
        return True
    if category[:2] in ("03", "04"):
        return category != "03060000"
    # The bank's own word for a refund is stronger than Pluggy's category.
    refund = line.account == ACCOUNTS[1] and line.operation == "ESTORNO" and line.signed > 0
    return category == "05100000" and not refund
