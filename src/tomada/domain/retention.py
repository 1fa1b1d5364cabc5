"""How long each kind of data is kept; the one table that the job, the documents and people read."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """One class; *keep* is counted from the end of what it is about, None while it is in use."""

    code: str
    content: str
    keep: timedelta | None
    words: str


_YEAR = timedelta(days=365)
CLASSES = {
    one.code: one
    for one in (
        RetentionClass(
            "R1", "movements, balances, identity, with the bank's own words", None,
            "while the purpose lasts; erased at once with the connection unless the person keeps it",
        ),
        RetentionClass(
            "R3", "what Pluggy told: bodies, then keys", timedelta(days=400),
            "bodies 90 days, keys 400 days",
        ),
        RetentionClass(
            "R4", "proof of consents and of what people asked for", 5 * _YEAR,
            "5 years after the end (defence of rights, LGPD art. 16, I)",
        ),
        RetentionClass("R5", "audit, under pseudonyms", 5 * _YEAR, "5 years"),
        RetentionClass("R8", "copies on their way", timedelta(hours=72), "72 hours"),
        RetentionClass(
            "T1", "records of our own work: readings, feed, notices", timedelta(days=400),
            "400 days",
        ),
        RetentionClass("T2", "how jobs went", timedelta(days=30), "30 days"),
        RetentionClass("KEY", "keys", None, "until they are destroyed"),
        RetentionClass("SYS", "of the installation, of nobody", None, "while it runs"),
    )
}  # fmt: skip
"""By code, as ``columns.toml`` names them. R2 (raw bodies) live with their rows, which are served
from them; R6 (access logs) is not kept; R7 (incidents) and R9 (backups) are the operator's; R10
(metrics) names nobody."""
