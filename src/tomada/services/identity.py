"""Who holds the accounts of a connection: read from Pluggy into the ledger."""

from dataclasses import dataclass
from functools import partial

from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError
from tomada.domain.holdings import IdentityDetail
from tomada.domain.ids import ItemId
from tomada.domain.products import Product
from tomada.pluggy import PluggyClient
from tomada.pluggy.models.identity import IdentityResponse
from tomada.services.listing import RAW_GROUP, Stamp, Taker, same_item
from tomada.services.provider import translated
from tomada.services.reach import Reach
from tomada.services.runs import Run, Runs
from tomada.services.sealed import seal
from tomada.services.vault import Keys
from tomada.store.holdings import IDENTITIES, IdentityRow


@dataclass(frozen=True, slots=True)
class IdentityReader:
    """Reads the holder of an item; that Pluggy has none is an answer, and no failure."""

    runs: Runs
    clock: Clock
    pluggy: PluggyClient
    product: Product = "IDENTITY"
    of_accounts: bool = False

    async def read(self, run: Run, reach: Reach) -> None:
        """Read the holder."""
        try:
            with translated():
                found = [await self.pluggy.identities.of_item(run.item_id)]
        except NotFoundError:
            found = []
        same_item(found, run.item_id)
        taker = Taker(run.keys, "identity", IDENTITIES, partial(_row, run.keys))
        async with self.runs.writing(run) as tx:
            changes = await taker.whole(tx, run.item_id, found, now=self.clock(), sound=reach.sound)
            await self.runs.tell(tx, run, self.product, changes, kind="identity.changed")


def _row(keys: Keys, one: IdentityResponse, stamp: Stamp) -> IdentityRow:
    detail = IdentityDetail(one.full_name or one.company_name, one.document, one.tax_number)
    return IdentityRow(
        id=one.id,
        item_id=ItemId(one.item_id),
        content_digest=stamp.digest,
        sealed=seal(keys, "identities", one.id, detail),
        sealed_raw=keys.seal("identities", one.id, one.raw, group=RAW_GROUP),
        first_seen_at=stamp.now,
        changed_at=stamp.now,
    )
