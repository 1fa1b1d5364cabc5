"""Consent: the notice a person reads, the record of their agreement, and its history."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypedDict
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.consents import Act, Consent, Notice
from tomada.domain.controller import Controller
from tomada.domain.errors import InvalidInputError, NotFoundError
from tomada.domain.ids import ConsentId, EntityId
from tomada.domain.purposes import EVERY_PURPOSE, PURPOSES, products_of
from tomada.services.audit import Audit
from tomada.services.consent_log import ConsentLog, opened_events
from tomada.services.institutions import Institutions
from tomada.services.notices import Notices
from tomada.services.sealed import seal, unseal
from tomada.services.vault import Keys, Vault
from tomada.store.audit import AuditRows
from tomada.store.consent_events import ConsentEventRows
from tomada.store.consents import ConsentRow, ConsentRows
from tomada.store.items import ItemRows
from tomada.store.tx import Store, Tx

VALIDITY = timedelta(days=365)
REVIEW_AFTER = timedelta(days=365)
PRODUCTS = products_of(EVERY_PURPOSE)
"""What the notice names, and so the most that is asked for."""


class _Shown(msgspec.Struct, frozen=True):
    """What is sealed in a consent's row."""

    connector_id: int
    institution: str
    locale: str
    products: tuple[str, ...]
    text: dict[str, Any]
    purposes: tuple[str, ...] = EVERY_PURPOSE
    """Before purposes had switches, one agreement was to all of them."""


class Proof(TypedDict):
    """What proves a consent: the text shown, each event's exact text, and the audit's entries."""

    consent_id: str
    notice: dict[str, Any]
    events: list[tuple[str, str]]
    audit: list[dict[str, Any]]


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
    notices: Notices

    async def notice(self, connector_id: int, *, locale: str = "pt-BR") -> Notice:
        """Write the text for one institution; raises ``NotFoundError`` for an unknown one."""
        institution = await self.institutions.get(connector_id)
        return self.notices.write(institution.name, locale)

    async def grant(
        self,
        caller: Caller,
        *,
        connector_id: int,
        shown: tuple[str, str],
        purposes: Iterable[str],
        adult: bool,
        locale: str = "pt-BR",
        act: Act | None = None,
    ) -> Consent:
        """Record that the person agreed to the notice that they were shown.

        *shown* is its version and its SHA-256. It takes the place of earlier agreements for the
        bank, and a connection that exists goes on under it. Raises ``InvalidInputError`` where
        that is not the notice of today, a mandatory purpose is not chosen, or the person does not
        say that they are of age.
        """
        institution = await self.institutions.get(connector_id)
        notice = self.notices.write(institution.name, locale)
        if shown != (notice.version, notice.sha256):
            raise InvalidInputError("the notice has changed; read it again", field="noticeSha256")
        if not adult:
            raise InvalidInputError("connecting a bank is for people of 18 or more", field="adult")
        chosen = _chosen(purposes)
        keys = await self.vault.keys(caller.entity_id)
        now = self.clock()
        consent_id = ConsentId(uuid7())
        text = _Shown(
            connector_id, institution.name, locale, products_of(chosen),
            msgspec.to_builtins(notice), chosen,
        )  # fmt: skip
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
            sealed=seal(keys, "consents", consent_id, text),
            review_at=now + REVIEW_AFTER,
        )
        detail = _evidence(row, text, notice, self.notices.controller, act or Act())
        async with self.store.begin(caller.entity_id) as tx:
            row = await self._add(tx, caller, keys, row, detail)
        return _consent(row, text)

    async def _add(
        self, tx: Tx, caller: Caller, keys: Keys, row: ConsentRow, detail: dict[str, Any]
    ) -> ConsentRow:
        log, rows = ConsentLog(self.clock, self.audit), ConsentRows(tx)
        earlier = await rows.supersede(row.institution_digest)
        row = replace(row, supersedes=earlier[0] if earlier else None)
        await rows.add(row)
        named = {**detail, "supersedes": str(row.supersedes) if row.supersedes else None}
        await log.add(tx, keys, row.id, "granted", caller=caller, detail=named)
        for consent_id in earlier:
            by = {"by": str(row.id)}
            await log.add(tx, keys, consent_id, "superseded", caller=caller, detail=by)
        items = await ItemRows(tx).come_under(row.institution_digest, row.id)
        if items and await rows.activate(row.id):
            row = replace(row, status="active")
            await log.add(tx, keys, row.id, "active", caller=caller, detail={"items": items})
        return row

    async def proofs(self, entity: EntityId) -> list[Proof]:
        """Give what proves each consent, the newest first."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            return [await self._proof(tx, keys, row) for row in await ConsentRows(tx).all()]

    async def list(self, caller: Caller) -> list[Consent]:
        """List the entity's consents, newest first."""
        keys = await self.vault.keys(caller.entity_id)
        async with self.store.begin(caller.entity_id) as tx:
            rows = await ConsentRows(tx).all()
        return [_consent(r, unseal(keys, "consents", r.id, r.sealed, _Shown)) for r in rows]

    async def proof(self, caller: Caller, consent_id: UUID) -> Proof:
        """Give all that proves one consent; raises ``NotFoundError``."""
        keys = await self.vault.keys(caller.entity_id)
        async with self.store.begin(caller.entity_id) as tx:
            row = await ConsentRows(tx).get(consent_id)
            if row is None:
                raise NotFoundError("there is no such consent")
            return await self._proof(tx, keys, row)

    async def _proof(self, tx: Tx, keys: Keys, row: ConsentRow) -> Proof:
        events = await ConsentEventRows(tx).of(row.id)
        entries = await AuditRows(tx).about("consent", self.audit.name("consent", str(row.id)))
        return {
            "consent_id": str(row.id),
            "notice": unseal(keys, "consents", row.id, row.sealed, _Shown).text,
            "events": opened_events(keys, events),
            "audit": [
                {
                    "id": str(one.entry.id), "at": one.entry.at, "action": one.entry.action,
                    "data": one.entry.data, "seq": one.seq, "chain": one.chain.hex(),
                }
                for one in entries
            ],
        }  # fmt: skip


def agreed_connector(keys: Keys, row: ConsentRow) -> int:
    """Tell which institution a consent is about."""
    return unseal(keys, "consents", row.id, row.sealed, _Shown).connector_id


def agreed_institution(keys: Keys, row: ConsentRow) -> str:
    """Name the bank a consent is about."""
    return unseal(keys, "consents", row.id, row.sealed, _Shown).institution


def agreed_products(keys: Keys, row: ConsentRow) -> frozenset[str]:
    """Tell which products the person agreed to have read; nothing else may be."""
    return frozenset(unseal(keys, "consents", row.id, row.sealed, _Shown).products)


def _chosen(codes: Iterable[str]) -> tuple[str, ...]:
    wanted = set(codes)
    if not wanted <= set(EVERY_PURPOSE):
        raise InvalidInputError("there is no such purpose", field="purposes")
    if any(one.mandatory and one.code not in wanted for one in PURPOSES):
        raise InvalidInputError("without the required purpose there is nothing", field="purposes")
    return tuple(code for code in EVERY_PURPOSE if code in wanted)


def _evidence(
    row: ConsentRow, text: _Shown, notice: Notice, controller: Controller, act: Act
) -> dict[str, Any]:
    """Write down everything that proves the agreement."""
    return {
        "subject": str(row.user_id),
        "controller": {
            "name": controller.name, "cnpj": controller.cnpj, "contact": controller.contact,
        },
        "dpo": {"name": controller.dpo_name, "contact": controller.dpo_contact},
        "aggregator": "Pluggy",
        "institution": {"connectorId": text.connector_id, "name": text.institution},
        "purposes": [
            {
                "code": one.code, "basis": one.basis, "mandatory": one.mandatory,
                "products": one.products, "permissions": one.permissions,
                "retention": one.retention, "granted": one.code in text.purposes,
            }
            for one in PURPOSES
        ],
        "sharing": controller.transfers,
        "validUntil": row.valid_until,
        "reviewAt": row.review_at,
        "notice": {
            "version": notice.version, "locale": notice.locale, "sha256": notice.sha256,
            "formSha256": notice.form_sha256,
        },
        "adultDeclared": True,
        "act": msgspec.to_builtins(act),
    }  # fmt: skip


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
        purposes=shown.purposes,
        review_at=row.review_at,
    )
