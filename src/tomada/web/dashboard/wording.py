"""Money, days and spans of time as a person reads them; the one place that formats."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from tomada.domain.clock import SAO_PAULO
from tomada.domain.money import places
from tomada.web.dashboard.catalogue import Language, Texts

NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
_SYMBOLS = {"BRL": "R$", "USD": "US$", "EUR": "€", "GBP": "£"}
_MONTHS: dict[Language, tuple[str, ...]] = {
    "pt-BR": (
        "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro",
        "outubro", "novembro", "dezembro",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
}  # fmt: skip
_WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "pt-BR": ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_AN_HOUR, _A_DAY = 60, 24 * 60

Flow = Literal["in", "out", "none"]


@dataclass(frozen=True, slots=True)
class Amount:
    """A signed amount in words: *sign* and *text* are shown, *flow* colours and is spoken."""

    flow: Flow
    sign: str
    text: str


def money(minor: int, currency: str, language: Language) -> str:
    """Write the magnitude of *minor* units with symbol and separators: ``R$ 1.234,56``."""
    size = 10 ** places(currency)
    whole, part = divmod(abs(minor), size)
    written = f"{whole:,}"
    decimal = "."
    if language == "pt-BR":
        written, decimal = written.replace(",", "."), ","
    if size > 1:
        written += f"{decimal}{part:0{len(str(size)) - 1}d}"
    symbol = _SYMBOLS.get(currency.upper(), currency.upper())
    return f"{symbol}{NO_BREAK}{written}"


def balance(minor: int, currency: str, language: Language) -> str:
    """Write an amount that is a state and not a movement: a minus where it is negative."""
    return (MINUS if minor < 0 else "") + money(minor, currency, language)


def known_balance(minor: int | None, currency: str, texts: Texts) -> str:
    """Write a balance, or that nobody knows it."""
    return texts("account.unknown") if minor is None else balance(minor, currency, texts.language)


def amount(minor: int, currency: str, language: Language) -> Amount:
    """Write a movement: plus for what came, minus for what went."""
    text = money(minor, currency, language)
    if minor == 0:
        return Amount("none", "", text)
    return Amount("in", "+", text) if minor > 0 else Amount("out", MINUS, text)


def month_name(day: date, language: Language) -> str:
    """Name the month alone: ``novembro``."""
    return _MONTHS[language][day.month - 1]


def month_title(day: date, language: Language) -> str:
    """Name the month with its year: ``novembro de 2026``."""
    joint = " de " if language == "pt-BR" else " "
    return f"{month_name(day, language)}{joint}{day.year}"


def month_mark(day: date, language: Language) -> str:
    """Name the month in three letters, for the axis of a chart."""
    return month_name(day, language)[:3]


def day_title(day: date, today: date, texts: Texts) -> str:
    """Name a bank day: Hoje, Ontem, ``sábado, 21 de novembro``; with the year where it differs."""
    near = {0: "rows.today", -1: "rows.yesterday", 1: "rows.tomorrow"}.get((day - today).days)
    if near:
        return texts(near)
    month = month_name(day, texts.language)
    if day.year != today.year:
        return texts("rows.day_year", day=day.day, month=month, year=day.year)
    weekday = _WEEKDAYS[texts.language][day.weekday()]
    return texts("rows.day", weekday=weekday, day=day.day, month=month)


def clock_time(instant: datetime) -> str | None:
    """Give the time of day in São Paulo, or None where the bank only gave a date.

    A bare date arrives as midnight, in São Paulo or in UTC depending on the bank.
    """
    local = instant.astimezone(SAO_PAULO)
    if (local.hour, local.minute) == (0, 0) or instant.strftime("%H%M%S%f") == "0" * 12:
        return None
    return f"{local:%H:%M}"


def moment(instant: datetime, now: datetime, texts: Texts) -> str:
    """Name an instant in São Paulo by day and time: ``ontem, 14h02``."""
    local, today = instant.astimezone(SAO_PAULO), now.astimezone(SAO_PAULO).date()
    time = f"{local:%Hh%M}" if texts.language == "pt-BR" else f"{local:%H:%M}"
    day = local.date()
    near = {0: "fresh.today", -1: "fresh.yesterday"}.get((day - today).days)
    if near:
        return texts(near, time=time)
    month = month_name(day, texts.language)
    form = "fresh.day" if day.year == today.year else "fresh.day_year"
    return texts(form, day=day.day, month=month, year=day.year, time=time)


def ago(instant: datetime, now: datetime, texts: Texts) -> str:
    """Say how long ago *instant* was; a clock that runs ahead counts as now."""
    minutes = int((now - instant) / timedelta(minutes=1))
    if minutes < 1:
        return texts("ago.now")
    if minutes < _AN_HOUR:
        return texts("ago.minutes", n=minutes)
    if minutes < _A_DAY:
        return texts("ago.hours", n=minutes // _AN_HOUR)
    days = minutes // _A_DAY
    return texts("ago.yesterday") if days == 1 else texts("ago.days", n=days)
