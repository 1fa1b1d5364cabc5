"""Authorisations at the bank: mirrored from Pluggy, and shown."""

from dataclasses import dataclass

from tomada.domain.bank_consents import BankConsent, BankConsentDetail
from tomada.domain.clock import Clock
from tomada.domain.ids import BankConsentId, EntityId, ItemId
from tomada.domain.products import Product
from tomada.pluggy import PluggyClient
from tomada.pluggy.models.items import Consent
from tomada.services.listing import RAW_GROUP, Stamp, Taker, same_item
from tomada.services.provider import translated
from tomada.services.reach import Reach
from tomada.services.runs import Run, Runs
from tomada.services.sealed import seal, unseal
from tomada.services.vault import Keys, Vault
from tomada.store.bank_consents import BANK_CONSENTS, BankConsentRow
from tomada.store.listed import ListedRows
from tomada.store.tx import Store

_TABLE = "bank_consents"


@dataclass(frozen=True, slots=True)
class BankConsentReader:
    """Reads the authorisations of an item, in one commit."""

    runs: Runs
    clock: Clock
    pluggy: PluggyClient
    product: Product = "CONSENTS"
    of_accounts: bool = False

    async def read(self, run: Run, reach: Reach) -> None:
        """Read them whole."""
        with translated():
            consents = await self.pluggy.consents.list(run.item_id)
        same_item(consents, run.item_id)

        def make(consent: Consent, stamp: Stamp) -> BankConsentRow:
            return _row(run.keys, consent, run.item_id, stamp)

        taker = Taker(run.keys, "bank_consent", BANK_CONSENTS, make)
        async with self.runs.writing(run) as tx:
            changes = await taker.whole(
                tx, run.item_id, consents, now=self.clock(), sound=reach.sound
            )
            await self.runs.tell(tx, run, self.product, changes, kind="bank_consents.changed")

    async def in_force(self, run: Run) -> bool:
        """Tell whether the bank still gives data: by one of them, or because it needs none."""
        now = self.clock()
        async with self.runs.store.begin(run.entity) as tx:
            rows = await ListedRows(tx, BANK_CONSENTS).live("item_id", run.item_id)
        return not rows or any(opened_consent(run.keys, one).in_force(now) for one in rows)


def _row(keys: Keys, consent: Consent, item_id: ItemId, stamp: Stamp) -> BankConsentRow:
    detail = BankConsentDetail(
        products=tuple(consent.products),
        permissions=tuple(consent.open_finance_permissions_granted or ()),
    )
    return BankConsentRow(
        id=BankConsentId(consent.id),
        item_id=item_id,
        created_at=consent.created_at,
        expires_at=consent.expires_at,
        revoked_at=consent.revoked_at,
        content_digest=stamp.digest,
        sealed=seal(keys, _TABLE, consent.id, detail),
        sealed_raw=keys.seal(_TABLE, consent.id, consent.raw, group=RAW_GROUP),
        first_seen_at=stamp.now,
        changed_at=stamp.now,
    )


@dataclass(frozen=True, slots=True)
class BankConsents:
    """The authorisations of the installation's entities."""

    store: Store
    vault: Vault

    async def list(self, entity: EntityId, *, item_id: ItemId | None = None) -> list[BankConsent]:
        """List them, the newest first, of one connection where given."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = await ListedRows(tx, BANK_CONSENTS).live(
                *(() if item_id is None else ("item_id", item_id))
            )
        return [opened_consent(keys, row) for row in rows]


def opened_consent(keys: Keys, row: BankConsentRow) -> BankConsent:
    """Open a stored authorisation."""
    return BankConsent(
        id=row.id,
        item_id=row.item_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        detail=unseal(keys, _TABLE, row.id, row.sealed, BankConsentDetail),
    )
