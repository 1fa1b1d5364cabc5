"""Why a bank cannot be read again now, in plain words."""

from functools import cache

from tomada.domain.clock import SAO_PAULO
from tomada.domain.refreshes import Refresh
from tomada.web.dashboard.catalogue import LANGUAGES, Texts, load_texts


def in_words(refresh: Refresh, texts: Texts) -> str:
    """Say what stands in the way, and from when it may be possible, where that is known."""
    reason = texts(f"refresh.{refresh.obstacle}")
    if refresh.at is None:
        return reason
    local = refresh.at.astimezone(SAO_PAULO)
    when = texts(
        "refresh.from", day=f"{local:%d/%m}" if texts.language == "pt-BR" else f"{local:%d %b}",
        time=f"{local:%H:%M}",
    )  # fmt: skip
    return f"{reason} {when}"


def in_every_language(refresh: Refresh) -> dict[str, str]:
    """Say it in each language of the product, by its tag."""
    return {language: in_words(refresh, _catalogue()[language]) for language in LANGUAGES}


_catalogue = cache(load_texts)
