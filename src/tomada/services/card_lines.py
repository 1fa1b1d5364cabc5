"""From Pluggy's row to what it is to a card."""

import asyncio
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from tomada.domain.card_lines import (
    CardLine,
    Part,
    Words,
    kind_on_card,
    part_of,
    pays_a_bill,
    stem,
)
from tomada.domain.ids import AccountId, TransactionId
from tomada.domain.transactions import Direction
from tomada.pluggy.models.transactions import CreditCardMetadata, Transaction
from tomada.services.normalise import minor_or_none
from tomada.services.vault import Keys
from tomada.store.card_lines import CardLineRows
from tomada.store.transactions import TransactionRow
from tomada.store.tx import Tx

_CARD = "CREDIT"
_MONTH = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])")
_NOTHING = CreditCardMetadata()
_LONGEST_ID = 64
AT_A_TIME = 50
"""So many rows are made, in some 2 ms, before others in the process have their turn: the request
for the next page is among them."""


@dataclass(frozen=True, slots=True)
class Liner:
    """Tells what an account's rows are to a card."""

    keys: Keys
    account_id: AccountId
    currency: str
    kind: str

    async def put(
        self,
        tx: Tx,
        rows: Sequence[tuple[TransactionRow, Transaction]],
        *,
        new: Collection[TransactionId],
    ) -> None:
        """Write the lines of rows that were just written; a row that is none loses its own.

        Those of *new* cannot have had one.
        """
        lines: list[tuple[CardLine, bytes]] = []
        none: list[TransactionId] = []
        for number, (row, one) in enumerate(rows, start=1):
            if number % AT_A_TIME == 0:
                await asyncio.sleep(0)
            line = self.line(row.id, one, "DEBIT" if row.direction == "DEBIT" else "CREDIT")
            if line is not None:
                lines.append((line, row.content_digest))
            elif row.id not in new:
                none.append(row.id)
        await CardLineRows(tx).put(lines)
        await CardLineRows(tx).drop(none)

    def line(
        self, row_id: TransactionId, one: Transaction, direction: Direction
    ) -> CardLine | None:
        """Read one row: every row of a card is a line, of a bank account what pays a bill."""
        card = one.credit_card_metadata or _NOTHING
        words = Words(
            text=f"{one.description or ''} {one.description_raw or ''}",
            direction=direction,
            operation=one.operation_type,
            category_id=one.category_id,
            fee_type=card.fee_type,
            credit_type=card.other_credits_type,
        )
        if self.kind != _CARD:
            said = pays_a_bill(words)
            if said is None:
                return None
            return CardLine(row_id, self.account_id, "bill_payment", said)
        kind, evidence = kind_on_card(words)
        part = None
        if kind in ("purchase", "credit_operation"):
            part = part_of(
                card.installment_number, card.total_installments,
                one.description_raw, one.description,
            )  # fmt: skip
        return CardLine(
            id=row_id,
            account_id=self.account_id,
            kind=kind,
            evidence=evidence,
            bill_id=card.bill_id[:_LONGEST_ID] if card.bill_id else None,
            bill_month=_month(card.bill_forecast_date),
            series=None if part is None else self._series(one, card, part),
            part=part,
            whole_minor=minor_or_none(card.total_amount, self.currency),
        )

    def _series(self, one: Transaction, card: CreditCardMetadata, part: Part) -> bytes:
        """Name the purchase by what its parts share: shop, day bought, plastic, number of parts."""
        text = stem(one.description_raw or one.description or "")
        bought = "" if card.purchase_date is None else card.purchase_date.day.isoformat()
        names = (card.card_number or "", text, bought, str(part.of))
        return self.keys.digest("series", "\0".join(names).encode())


def _month(text: str | None) -> date | None:
    found = _MONTH.match(text or "")
    return None if found is None else date(int(found[1]), int(found[2]), 1)
