"""The person's banks as the page shows them: state, next step, accounts, balances."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tomada.domain.accounts import Account
from tomada.domain.documents import without_documents
from tomada.domain.ids import ItemId
from tomada.domain.items import NEEDS_PERSON, Item, NextStep
from tomada.domain.products import Freshness
from tomada.domain.refreshes import Refresh
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts
from tomada.web.dashboard.fresh import FreshLine, stale_lines
from tomada.web.dashboard.refusals import in_words
from tomada.web.dashboard.tiles import Tile, bank_tile, initials_of

ChipKind = Literal["good", "busy", "stale", "bad"]
_REASONS: Mapping[str, str] = {
    "INVALID_CREDENTIALS": "reason.login",
    "INVALID_CREDENTIALS_MFA": "reason.code",
    "USER_INPUT_TIMEOUT": "reason.code_late",
    "USER_AUTHORIZATION_PENDING": "reason.approve",
    "USER_AUTHORIZATION_NOT_GRANTED": "reason.not_granted",
    "USER_AUTHORIZATION_REVOKED": "reason.revoked",
    "ACCOUNT_LOCKED": "reason.locked",
    "ACCOUNT_CREDENTIALS_RESET": "reason.new_password",
    "ACCOUNT_NEEDS_ACTION": "reason.needs_action",
    "ALREADY_LOGGED_IN": "reason.logged_in",
    "USER_NOT_SUPPORTED": "reason.not_supported",
    "SITE_NOT_AVAILABLE": "reason.unavailable",
    "CONNECTION_ERROR": "reason.unavailable",
}
_LABELS: Mapping[NextStep, str] = {
    "answer": "item.answer",
    "authorize": "item.authorize",
    "reconnect": "item.reconnect",
    "settle_at_bank": "item.reconnect",
    "choose_other": "item.choose_other",
}
_ASKING = ("WAITING_USER_INPUT", "WAITING_USER_ACTION")
_DIGITS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Chip:
    """The state of a connection in a few words.

    *form* is the sentence with ``{ago}`` left open, and *at* the instant it counts from, for the
    page to keep it true.
    """

    kind: ChipKind
    text: str
    form: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What is wrong in a sentence, and the one thing to do about it.

    *label* and *href* None: nothing can be done here; *urgent* tells whether the person must act.
    """

    reason: str
    said_by_bank: str | None
    label: str | None
    href: str | None
    urgent: bool


@dataclass(frozen=True, slots=True)
class Again:
    """Whether the bank can be read again at the press of a button, and why not."""

    possible: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account; *share* is the used part of a card's limit in whole percent.

    *case* says that the balance is not explained by the rows.
    """

    id: str
    name: str
    kind: str
    tail: str | None
    symbol: Literal["bank", "savings", "card"]
    balance: str
    negative: bool
    caption: str
    limit: str | None
    share: int | None
    chosen: bool
    bills_href: str | None
    case: str | None


@dataclass(frozen=True, slots=True)
class Bank:
    """One connection with its accounts."""

    item_id: str
    name: str
    tile: Tile
    chip: Chip
    step: Step | None
    stale: tuple[FreshLine, ...]
    again: Again | None
    busy: bool
    accounts: tuple[AccountLine, ...]


def show_banks(  # noqa: PLR0913  (each is something of its own to show)
    items: Sequence[Item],
    accounts: Sequence[Account],
    *,
    now: datetime,
    texts: Texts,
    origins: Collection[str],
    refreshes: Mapping[ItemId, Refresh] | None = None,
    chosen: str | None = None,
    known: Sequence[Freshness] = (),
    cases: Mapping[str, str] | None = None,
) -> tuple[Bank, ...]:
    """Group accounts by connection, in the order the person connected them."""
    held: dict[ItemId, list[Account]] = {}
    for account in accounts:
        held.setdefault(account.item_id, []).append(account)
    return tuple(
        Bank(
            item_id=item.id,
            name=item.detail.institution,
            tile=bank_tile(
                initials_of(item.detail.institution),
                item.detail.color,
                item.detail.image_url,
                origins=origins,
            ),
            chip=_chip(item, now, texts),
            step=_step(item, texts),
            stale=stale_lines(item, known, now=now, texts=texts),
            again=_again(item, (refreshes or {}).get(item.id), texts),
            busy=_busy(item),
            accounts=tuple(
                _line(one, texts, chosen=chosen, case=(cases or {}).get(str(one.id)))
                for one in sorted(held.get(item.id, []), key=_rank)
            ),
        )
        for item in sorted(items, key=lambda one: one.bound_at)
    )


def account_names(
    items: Sequence[Item], accounts: Sequence[Account], texts: Texts
) -> dict[str, str]:
    """Name each account for a row: kind and last digits, and the bank where there are several."""
    banks = {item.id: item.detail.institution for item in items}
    several = len(items) > 1
    names = {}
    for account in accounts:
        words = [_kind(account, texts)]
        if several and account.item_id in banks:
            words.insert(0, banks[account.item_id])
        tail = _tail(account)
        names[str(account.id)] = " · ".join(words) + (f" ••{tail}" if tail else "")
    return names


def _busy(item: Item) -> bool:
    return item.syncing or item.next_step == "wait"


def _chip(item: Item, now: datetime, texts: Texts) -> Chip:
    read = item.last_updated_at or item.synced_at
    if item.next_step in ("answer", "authorize"):
        return Chip("bad", texts("item.attention"))
    if item.next_step in NEEDS_PERSON:
        return Chip("bad", texts("item.error"))
    if _busy(item):
        return Chip("busy", texts("item.syncing"))
    if read is None:
        return Chip("stale", texts("item.never"))
    late = item.status == "OUTDATED"
    form = "item.stale" if late else "item.updated"
    return Chip(
        "stale" if late else "good",
        texts(form, ago=wording.ago(read, now, texts)),
        texts(form, ago="{ago}"),
        read,
    )


def _step(item: Item, texts: Texts) -> Step | None:
    step = item.next_step
    if step in ("wait", "none") and (item.status != "OUTDATED" or item.syncing):
        return None
    reason = _REASONS.get(item.error_code or item.execution_status)
    if item.status in _ASKING:
        reason = "reason.answer" if step == "answer" else "reason.authorize"
    label = _LABELS.get(step)
    # Where the person only has to approve at the bank, no button here helps.
    if label is None or (step == "authorize" and item.status not in _ASKING):
        label = href = None
    else:
        href = "/conectar" if step == "choose_other" else f"/reconectar/{item.id}"
    return Step(
        texts(reason or _otherwise(item)),
        without_documents(item.detail.provider_message or "") or None,
        None if label is None else texts(label),
        href,
        urgent=step in NEEDS_PERSON,
    )


def _otherwise(item: Item) -> str:
    """Choose the words for a trouble that has no name."""
    if item.status == "LOGIN_ERROR":
        return "reason.login"
    return "reason.outdated" if item.next_step == "none" else "reason.never_read"


def _again(item: Item, refresh: Refresh | None, texts: Texts) -> Again | None:
    """Offer another reading, or say why there is none; where the step above says it, nothing."""
    if refresh is None or item.syncing or refresh.obstacle in ("updating", "needs_you"):
        return None
    return Again(refresh.possible, None if refresh.possible else in_words(refresh, texts))


def _rank(account: Account) -> tuple[int, str]:
    order = ("CHECKING_ACCOUNT", "PAYMENT_ACCOUNT", "SAVINGS_ACCOUNT", "CREDIT_CARD")
    place = order.index(account.subtype) if account.subtype in order else len(order)
    return place, account.detail.name


def _kind(account: Account, texts: Texts) -> str:
    for word in (account.subtype, account.type):
        known = texts.known(f"account.{word}")
        if known:
            return known
    return account.detail.name


def _tail(account: Account) -> str | None:
    """Give the last digits of the number; the whole number is never put on the page."""
    digits = "".join(sign for sign in account.detail.number if sign.isdigit())
    return digits[-_DIGITS_SHOWN:] or None


def _line(account: Account, texts: Texts, *, chosen: str | None, case: str | None) -> AccountLine:
    card = account.type == "CREDIT"
    symbol: Literal["bank", "savings", "card"] = "card" if card else "bank"
    if account.subtype == "SAVINGS_ACCOUNT":
        symbol = "savings"
    limit, share = _limit(account, texts) if card else (None, None)
    return AccountLine(
        id=str(account.id),
        name=account.detail.marketing_name or account.detail.name or _kind(account, texts),
        kind=_kind(account, texts),
        tail=_tail(account),
        symbol=symbol,
        balance=wording.known_balance(account.balance_minor, account.currency, texts),
        negative=not card and (account.balance_minor or 0) < 0,
        caption=texts("account.owed") if card else texts("account.available"),
        limit=limit,
        share=share,
        chosen=chosen == str(account.id),
        bills_href=f"/cartao/{account.id}" if card else None,
        case=case,
    )


def _limit(account: Account, texts: Texts) -> tuple[str | None, int | None]:
    """Show limit minus what is left of it; a card's balance has no one meaning to compute with."""
    whole, left = account.credit_limit_minor, account.available_limit_minor
    if whole is None or left is None or whole <= 0:
        return None, None
    used = max(0, whole - left)
    words = texts(
        "account.limit_used",
        used=wording.money(used, account.currency, texts.language),
        limit=wording.money(whole, account.currency, texts.language),
    )
    return words, min(100, used * 100 // whole)
