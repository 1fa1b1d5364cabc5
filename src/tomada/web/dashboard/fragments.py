"""Parts of the overview for a page that is open: the statement, and everything around it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from tomada.bootstrap import App
from tomada.domain.errors import InvalidInputError
from tomada.domain.ids import AccountId
from tomada.domain.transactions import View
from tomada.web.bodies import Body, json_body
from tomada.web.dashboard.drawing import Drawing
from tomada.web.dashboard.overview import Overview, Parts
from tomada.web.dashboard.statement import FIRST, MOST, Choice
from tomada.web.dashboard.visitor import Visitor, visitor_of


class Wanted(Body):
    """Which rows: sent in a body, because words that a person looks for belong in no address."""

    model_config = ConfigDict(alias_generator=to_camel)

    account_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    month: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")] | None = None
    words: Annotated[str, Field(max_length=100)] | None = None
    view: View = "ledger"
    cursor: Annotated[str, Field(max_length=256)] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = FIRST

    def choice(self) -> Choice:
        """Read it; raises ``InvalidInputError`` for a month that is none."""
        return Choice(
            account_id=AccountId(self.account_id) if self.account_id else None,
            month=_month(self.month),
            words=(self.words or "").strip() or None,
            view=self.view,
        )


@dataclass(frozen=True, slots=True)
class Fragments:
    """The two parts; their routes ask for somebody signed in on a page of ours."""

    app: App
    drawing: Drawing

    async def rows(
        self, request: Request, wanted: Annotated[Wanted, Depends(json_body(Wanted))]
    ) -> Response:
        """Draw a part of the statement."""
        visitor = await visitor_of(request)
        overview = self._overview(visitor)
        view = await overview.statement(wanted.choice(), cursor=wanted.cursor, limit=wanted.limit)
        return self.drawing.fragment(visitor, "parts/statement.html.j2", view=view)

    async def parts(
        self, request: Request, wanted: Annotated[Wanted, Depends(json_body(Wanted))]
    ) -> Response:
        """Draw banks, figures, months and notices; the choice is marked in them."""
        visitor = await visitor_of(request)
        choice = wanted.choice()
        view = _Around(await self._overview(visitor).parts(choice), choice.account_id or "")
        return self.drawing.fragment(visitor, "parts/live.html.j2", view=view)

    def _overview(self, visitor: Visitor) -> Overview:
        return Overview(
            self.app,
            visitor.entity,
            self.drawing.texts(visitor),
            self.drawing.policy.logo_origins,
        )


@dataclass(frozen=True, slots=True)
class _Around:
    parts: Parts
    chosen: str


def _month(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise InvalidInputError("a month is written 2026-11", field="month") from None
