"""Consent: the notice a person reads, the record of their agreement, and its end."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.consents import Consent, Notice
from tomada.domain.errors import InvalidInputError
from tomada.domain.ids import ConsentId
from tomada.services.audit import Audit
from tomada.services.institutions import Institutions
from tomada.services.notices import NOTICE_VERSION, notice_text
from tomada.services.sealed import seal, unseal
from tomada.services.vault import Keys, Vault
from tomada.store.consents import ConsentRow, ConsentRows
from tomada.store.tx import Store

VALIDITY = timedelta(days=365)
PRODUCTS = (
    "ACCOUNTS",
    "CREDIT_CARDS",
    "TRANSACTIONS",
    "PAYMENT_DATA",
    "INVESTMENTS",
    "INVESTMENTS_TRANSACTIONS",
    "IDENTITY",
    "LOANS",
)
"""What the notice names, and so what is asked for."""


class _Shown(msgspec.Struct, frozen=True):
    """What is sealed in a consent's row."""

    connector_id: int
    institution: str
    locale: str
    products: tuple[str, ...]
    text: dict[str, Any]


def institution_digest(keys: Keys, connector_id: int) -> bytes:
    """Name an institution within one entity without telling which it is."""
    return keys.digest("institution", str(connector_id).encode())


@dataclass(frozen=True, slots=True)
class Consents:
    """The consents of the installation's entities."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    institutions: Institutions

    async def notice(self, connector_id: int, *, locale: str = "pt-BR") -> Notice:
        """Write the text for one institution; raises ``NotFoundError`` for an unknown one."""
        institution = await self.institutions.get(connector_id)
        return _notice(institution.name, locale)

    async def grant(
        self,
        caller: Caller,
        *,
        connector_id: int,
        notice_version: str,
        notice_sha256: str,
        locale: str = "pt-BR",
    ) -> Consent:
        """Record that the person agreed to the notice that they were shown.

        Raises ``InvalidInputError`` where that is not the notice of today: then it must be shown
        and agreed to anew.
        """
        institution = await self.institutions.get(connector_id)
        notice = _notice(institution.name, locale)
        if (notice_version, notice_sha256) != (notice.version, notice.sha256):
            raise InvalidInputError("the notice has changed; read it again", field="noticeSha256")
        keys = await self.vault.keys(caller.entity_id)
        now = self.clock()
        consent_id = ConsentId(uuid7())
        shown = _Shown(
            connector_id, institution.name, locale, PRODUCTS, msgspec.to_builtins(notice)
        )
        row = ConsentRow(
            id=consent_id,
            user_id=caller.user_id,
            status="granted",
            notice_version=notice.version,
            notice_sha256=bytes.fromhex(notice.sha256),
            granted_at=now,
            valid_until=now + VALIDITY,
            revoked_at=None,
            institution_digest=institution_digest(keys, connector_id),
            sealed=seal(keys, "consents", consent_id, shown),
        )
        async with self.store.begin(caller.entity_id) as tx:
            await ConsentRows(tx).add(row)
            await self.audit.write(
                tx,
                "consent_granted",
                caller=caller,
                subject=("consent", str(consent_id)),
                data={"notice_version": notice.version},
            )
        return _consent(row, shown)

    async def list(self, caller: Caller) -> list[Consent]:
        """List the entity's consents, newest first."""
        keys = await self.vault.keys(caller.entity_id)
        async with self.store.begin(caller.entity_id) as tx:
            rows = await ConsentRows(tx).all()
        return [_consent(r, unseal(keys, "consents", r.id, r.sealed, _Shown)) for r in rows]

    async def connector_of(self, caller: Caller, row: ConsentRow) -> int:
        """Tell which institution a consent is about."""
        keys = await self.vault.keys(caller.entity_id)
        return unseal(keys, "consents", row.id, row.sealed, _Shown).connector_id


def agreed_products(keys: Keys, row: ConsentRow) -> frozenset[str]:
    """Tell which products the person agreed to have read; nothing else may be."""
    return frozenset(unseal(keys, "consents", row.id, row.sealed, _Shown).products)


def _consent(row: ConsentRow, shown: _Shown) -> Consent:
    return Consent(
        id=row.id,
        connector_id=shown.connector_id,
        institution=shown.institution,
        status=row.status,  # type: ignore[arg-type]  # the table's CHECK allows these words only
        notice_version=row.notice_version,
        granted_at=row.granted_at,
        valid_until=row.valid_until,
        revoked_at=row.revoked_at,
    )


def _notice(institution: str, locale: str) -> Notice:
    title, paragraphs, agree = notice_text(institution, locale)
    exact = msgspec.json.encode([NOTICE_VERSION, locale, title, paragraphs, agree])
    return Notice(
        version=NOTICE_VERSION,
        locale=locale,
        institution=institution,
        title=title,
        paragraphs=paragraphs,
        agree_label=agree,
        sha256=hashlib.sha256(exact).hexdigest(),
    )
