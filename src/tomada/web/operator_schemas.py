"""Bodies and answers of what an operator does."""

from typing import Annotated

from pydantic import Field

from tomada.web.schemas import CamelBody, Shape


class ReplayBody(CamelBody):
    """One event, or without it every parked one."""

    event_id: Annotated[str | None, Field(min_length=1, max_length=80)] = None


class ReplayedShape(Shape, frozen=True):
    """How many will be done again, and how many stay set aside for what they say."""

    replayed: int
    set_aside: int
