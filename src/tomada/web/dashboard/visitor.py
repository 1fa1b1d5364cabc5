"""Who looks at a page, in which language and light."""

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

from tomada.domain.access import Caller, Session
from tomada.domain.errors import UnauthenticatedError
from tomada.domain.ids import EntityId
from tomada.web.auth import current_session
from tomada.web.dashboard.catalogue import Language, choose_language
from tomada.web.dashboard.tiles import initials_of

LANGUAGE_COOKIE = "tomada_lang"
THEME_COOKIE = "tomada_theme"

Theme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Person:
    """Whose name stands in the corner."""

    name: str
    email: str
    initials: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request for a page; *theme* is None where the system's preference decides."""

    session: Session | None
    language: Language
    theme: Theme | None
    request_id: str

    @property
    def entity(self) -> EntityId:
        """Whose data it is; raises ``UnauthenticatedError`` where nobody is signed in."""
        return self._session.entity_id

    @property
    def caller(self) -> Caller:
        """The person as services ask for them; raises ``UnauthenticatedError``."""
        return Caller(self._session.user_id, self._session.entity_id, self.request_id)

    @property
    def person(self) -> Person | None:
        """The name to show."""
        if self.session is None:
            return None
        name = self.session.name
        return Person(name, self.session.email, initials_of(name))

    @property
    def csrf(self) -> str:
        """The token that the page's own requests carry."""
        return "" if self.session is None else self.session.csrf_token

    @property
    def _session(self) -> Session:
        if self.session is None:
            raise UnauthenticatedError("nobody is signed in")
        return self.session


async def visitor_of(request: Request) -> Visitor:
    """Find out who asks."""
    return read_visitor(request, await current_session(request))


def read_visitor(request: Request, session: Session | None) -> Visitor:
    """Read language and theme from address and cookies."""
    return Visitor(
        session=session,
        language=choose_language(
            request.query_params.get("lang"),
            request.cookies.get(LANGUAGE_COOKIE),
            request.headers.get("accept-language", ""),
        ),
        theme=_theme(request.cookies.get(THEME_COOKIE)),
        request_id=str(getattr(request.state, "request_id", "")),
    )


def _theme(kept: str | None) -> Theme | None:
    match kept:
        case "light" | "dark":
            return kept
        case _:
            return None
