"""What the waiting events say should be looked at again; nothing of them is ever stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import AccountId, is_pluggys
from tomada.pluggy.webhooks import WebhookEvent


@dataclass(frozen=True, slots=True)
class Hints:
    """Which parts of an item to read.

    *whole* asks for the item itself and all accounts. *created* names accounts with new rows, and
    the creation time to read from at the latest. *named* lists rows that changed or went, and
    *went* those that are said to have gone: of the others an absence proves nothing, because an
    event may come before Pluggy shows what it tells of.
    """

    whole: bool
    created: dict[AccountId, datetime | None]
    named: dict[AccountId, tuple[str, ...]]
    went: frozenset[str] = frozenset()


def hints_of(events: Iterable[WebhookEvent], *, asked: bool, now: datetime) -> Hints:
    """Collect what *events* ask for; *asked* says that a person or a schedule wants it all.

    A creation time that lies in the future is no hint and is dropped, and so is an id that is no
    UUID: Pluggy would refuse the whole question that named it, time and again.
    """
    whole = asked
    created: dict[AccountId, datetime | None] = {}
    named: dict[AccountId, list[str]] = {}
    went: set[str] = set()
    for event in events:
        if event.subject == "item":
            whole = True
        elif event.subject != "transactions":
            continue
        elif event.account_id is None:
            whole = True
        elif event.transaction_ids:
            ids = list(filter(is_pluggys, event.transaction_ids))
            went.update(ids if event.event == "transactions/deleted" else ())
            named.setdefault(AccountId(event.account_id), []).extend(ids)
        else:
            account = AccountId(event.account_id)
            since = event.transactions_created_at_from
            since = None if since is None or since > now else since
            known = created.get(account)
            created[account] = min(filter(None, (known, since)), default=None)
    unique = {account: tuple(dict.fromkeys(ids)) for account, ids in named.items()}
    return Hints(whole, created, unique, frozenset(went))
