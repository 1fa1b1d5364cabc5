"""Write docs/reference/metrics.md from the figures themselves: `python scripts/metrics_page.py`."""

from pathlib import Path

from tomada.metrics import NAMES, Name, Words

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "metrics.md"
_HEAD = """\
# Metrics

Every process (`tomada up`, `web`, `worker`) serves `/metrics` in Prometheus's format, `/healthz` and `/readyz` on a listener of its own:
`TOMADA_METRICS_HOST` and `TOMADA_METRICS_PORT`, by default `127.0.0.1:8601`. Two processes of one machine want two ports.

Counters and distributions are of the process that shows them: add them up. Gauges that come from the database are the same in every
process: take the `max`. Gauges about connections are counted by workers every five minutes. What could not be asked is shown as `NaN` or
left out, never as the value it had before.

No label says what a person, a connection, an account or a text is called. A label's values are closed lists or words of our own program;
beyond its first values a label says `other`. So one process has at most {most:,} series, whatever happens. This page is written from the code.

| Name | Kind | Labels | What it says |
|---|---|---|---|
"""


def page() -> str:
    """Write the page."""
    most = sum(name.most_series for name in NAMES)
    return _HEAD.format(most=most) + "".join(map(_row, NAMES))


def _row(name: Name) -> str:
    shown = f"{name.name}_total" if name.kind == "counter" else name.name
    labels = "; ".join(f"`{label}`: {_values(values)}" for label, values in name.labels.items())
    return f"| `{shown}` | {name.kind} | {labels or 'none'} | {name.meaning} |\n"


def _values(values: tuple[str, ...] | Words) -> str:
    if isinstance(values, Words):
        return f"at most {values.most}"
    return ", ".join(f"`{one}`" for one in values)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
