"""What the page *Seus dados* shows, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tomada.domain.clock import bank_day
from tomada.domain.consents import Consent
from tomada.domain.controller import Controller
from tomada.domain.items import Item
from tomada.services.accesses import Access
from tomada.services.sources import COUNTED
from tomada.store.item_endings import EndingRow
from tomada.store.privacy_requests import RequestRow
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts


@dataclass(frozen=True, slots=True)
class Count:
    """So many of one kind."""

    name: str
    count: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """One consent; *revoke* is where it is withdrawn, None where it has ended."""

    bank: str
    state: str
    in_force: bool
    purposes: tuple[str, ...]
    when: str
    ending: str | None
    gone: bool
    proof: str
    file: str
    revoke: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done."""

    who: str
    what: str
    when: str


@dataclass(frozen=True, slots=True)
class CopyState:
    """How far the latest copy is, and whether another one may be asked for."""

    id: str
    state: str
    text: str
    possible: bool


@dataclass(frozen=True, slots=True)
class PrivacyView:
    """The page."""

    counts: tuple[Count, ...]
    banks: tuple[str, ...]
    consents: tuple[Agreed, ...]
    others: tuple[Line, ...]
    entries: tuple[Line, ...]
    copy: CopyState
    controller: Controller


@dataclass(frozen=True, slots=True)
class Drawer:
    """Puts what was found into words."""

    now: datetime
    texts: Texts
    labels: Mapping[str, str]
    """Purposes by code."""

    def counts(self, found: Mapping[str, int]) -> tuple[Count, ...]:
        """Name what there is any of."""
        return tuple(
            Count(self.texts(f"privacy.count_{name}"), f"{found[name]:,}".replace(",", self._dot))
            for name, _, _ in COUNTED
            if found.get(name)
        )

    def banks(self, items: Sequence[Item]) -> tuple[str, ...]:
        """Name the institutions."""
        return tuple(sorted({one.detail.institution for one in items}))

    def agreed(self, consent: Consent, endings: Mapping[UUID | None, EndingRow]) -> Agreed:
        """Describe one consent."""
        in_force, ending = consent.in_force(self.now), endings.get(consent.id)
        open_ = consent.status in ("granted", "active")
        state = "lapsed" if open_ and not in_force else consent.status
        return Agreed(
            bank=consent.institution,
            state=self.texts(f"privacy.state_{state}"),
            in_force=in_force,
            purposes=tuple(self.labels.get(one, one) for one in consent.purposes),
            when=self._when(consent),
            ending=None if ending is None else self._ending(ending),
            gone=ending is not None and ending.confirmed_at is not None,
            proof=f"/api/open-finance/consents/{consent.id}/proof",
            file=f"consentimento-{consent.id}.json",
            revoke=f"/revogar/{consent.id}" if open_ else None,
        )

    def line(self, one: Access) -> Line:
        """Describe one thing that was done."""
        what = self.texts.known(f"action.{one.action}") or one.action.replace("_", " ")
        if one.reason is not None:
            reason = self.texts.known(f"because.{one.reason}") or one.reason
            what = self.texts("privacy.because", action=what, reason=reason, case=one.case or "—")
        return Line(
            self.texts(f"privacy.who_{one.who}"), what, wording.moment(one.at, self.now, self.texts)
        )

    def copy(self, found: Sequence[RequestRow], *, possible: bool) -> CopyState:
        """Describe the latest copy."""
        if not found:
            return CopyState("", "none", "", possible)
        latest = found[0]
        until = latest.expires_at or latest.requested_at
        at = latest.done_at or latest.requested_at
        moment = {"until": until, "at": at}
        words = {name: wording.moment(one, self.now, self.texts) for name, one in moment.items()}
        text = self.texts(f"privacy.copy_{latest.state}", **words)
        return CopyState(str(latest.id), latest.state, text, possible)

    def _when(self, consent: Consent) -> str:
        since = self._day(consent.granted_at)
        if consent.revoked_at is not None:
            return self.texts("privacy.ended", since=since, end=self._day(consent.revoked_at))
        return self.texts("privacy.when", since=since, until=self._day(consent.valid_until))

    def _ending(self, ending: EndingRow) -> str:
        if ending.confirmed_at is None:
            return self.texts("privacy.ending")
        at = wording.moment(ending.confirmed_at, self.now, self.texts)
        return self.texts("privacy.gone", at=at)

    def _day(self, instant: datetime) -> str:
        form = "%d/%m/%Y" if self.texts.language == "pt-BR" else "%Y-%m-%d"
        return f"{bank_day(instant):{form}}"

    @property
    def _dot(self) -> str:
        return "." if self.texts.language == "pt-BR" else ","
