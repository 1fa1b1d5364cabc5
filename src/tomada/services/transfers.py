"""Finding transfers between a person's own accounts, whichever banks they are at."""

from dataclasses import dataclass
from datetime import timedelta

import msgspec
from uuid_utils.compat import uuid7

from tomada.domain.accounts import AccountDetail
from tomada.domain.clock import bank_day
from tomada.domain.ids import AccountId, TransactionId
from tomada.domain.links import Link
from tomada.domain.transactions import Detail
from tomada.domain.transfers import WINDOW, Leg, Transfer, transfers
from tomada.services.observations import Evidence, whole
from tomada.services.runs import Run, Runs
from tomada.services.sealed import seal, unseal
from tomada.services.vault import Keys
from tomada.store.accounts import AccountRows
from tomada.store.links import LinkRow, LinkRows
from tomada.store.observations import ObservationRows
from tomada.store.transactions import TransactionRow
from tomada.store.transfers import TransferRows

_RECENT = timedelta(days=14)
_AT_MOST = 2_000
# Whole rows are large, and opening them keeps the process busy.
_AT_A_TIME = 200
_OWN_MONEY = "04"
"""The main category of Pluggy's for transfers between accounts of one person."""


class _Document(msgspec.Struct):
    value: str | None = None


class _Side(msgspec.Struct, rename="camel"):
    document_number: _Document | None = None
    account_number: str | None = None


class _Payment(msgspec.Struct, rename="camel"):
    payer: _Side | None = None
    receiver: _Side | None = None
    authentication_code: str | None = None


class _Said(msgspec.Struct, rename="camel"):
    payment_data: _Payment | None = None


@dataclass(frozen=True, slots=True)
class Transfers:
    """Looks for transfers after a reading that brought rows."""

    runs: Runs
    history: timedelta

    async def find(self, run: Run) -> None:
        """Link what surely is a transfer, suggest what may be one; each pair is judged once."""
        if not run.done["added"]:
            return
        now = self.runs.clock()
        since = bank_day(now - (self.history if run.lease.full else _RECENT))
        async with self.runs.writing(run) as tx:
            pairs = await TransferRows(tx).candidates(
                since=since, window_days=WINDOW.days, limit=_AT_MOST
            )
            if not pairs:
                return
            accounts = {
                row.id: unseal(run.keys, "accounts", row.id, row.sealed, AccountDetail)
                for row in await AccountRows(tx).all()
            }
            ids = sorted({one for pair in pairs for one in pair})
            legs: dict[TransactionId, Leg] = {}
            for start in range(0, len(ids), _AT_A_TIME):
                for one in await ObservationRows(tx).of(ids[start : start + _AT_A_TIME]):
                    legs[one.row.id] = _leg(run.keys, one.row, accounts)
            for transfer in transfers([(legs[out], legs[into]) for out, into in pairs]):
                await LinkRows(tx).add(self._link(run.keys, transfer))

    def _link(self, keys: Keys, one: Transfer) -> LinkRow:
        source, target = one.source, one.target
        link = Link(
            id=uuid7(),
            kind="transfer",
            rule="transfer",
            state="automatic" if one.automatic else "suggested",
            confidence=one.confidence,
            row_id=source.id,
            other_id=target.id,
            from_pluggy_id=source.pluggy_id,
            to_pluggy_id=target.pluggy_id,
            at=self.runs.clock(),
            decided_at=None,
        )
        evidence = Evidence(
            days=(target.day - source.day).days,
            same_words=False,
            same_clock=False,
            same_provider_id=source.code != "" and source.code == target.code,
            minor_before=source.signed_minor,
            minor_after=target.signed_minor,
            words_before=source.other_document,
            words_after=target.other_document,
        )
        return LinkRow(link, seal(keys, "transaction_links", link.id, evidence))


def _leg(keys: Keys, row: TransactionRow, accounts: dict[AccountId, AccountDetail]) -> Leg:
    account = accounts[row.account_id]
    opened = whole(keys, row)
    payment = _payment(opened.raw)
    detail = msgspec.msgpack.decode(opened.detail, type=Detail)
    other = payment.receiver if row.signed_minor < 0 else payment.payer
    document = other.document_number if other is not None else None
    return Leg(
        id=TransactionId(row.id),
        pluggy_id=row.pluggy_id,
        day=row.day,
        signed_minor=row.signed_minor,
        document=_digits(account.tax_number),
        number=_digits(account.number),
        other_document=_digits(document.value if document is not None else None),
        other_number=_digits(other.account_number if other is not None else None),
        code=payment.authentication_code or "",
        own_money=(detail.category_id or "").startswith(_OWN_MONEY),
    )


def _payment(raw: bytes) -> _Payment:
    """Read who paid whom; what does not have the shape we know says nothing."""
    try:
        return msgspec.json.decode(raw, type=_Said).payment_data or _Payment()
    except msgspec.MsgspecError:
        return _Payment()


def _digits(text: str | None) -> str:
    """Keep what tells documents and account numbers apart, whatever marks stand between."""
    return "".join(one for one in text or "" if one.isalnum()).casefold()
