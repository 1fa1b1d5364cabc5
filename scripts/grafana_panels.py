"""Write deploy/grafana/tomada.json: `python scripts/grafana_panels.py`."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "deploy" / "grafana" / "tomada.json"
_WIDTH, _HEIGHT, _IN_A_ROW = 8, 7, 3
_SYNCS = "tomada_syncs_total"
_RATE = "$__rate_interval"


def _quantile(name: str, share: str, by: str = "") -> str:
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({name}_bucket[{_RATE}])))"


def _rate(name: str, by: str) -> str:
    return f"sum by ({by}) (rate({name}_total[{_RATE}]))"


# Title, unit, what the lines are called, expression.
PANELS: tuple[tuple[str, str, str, str], ...] = (
    ("Readings that ended well", "percentunit", "share",
     f'sum(rate({_SYNCS}{{outcome="done"}}[1h])) / sum(rate({_SYNCS}{{outcome!="refused"}}[1h]))'),
    ("Readings", "ops", "{{outcome}}", _rate("tomada_syncs", "outcome")),
    ("What readings failed by", "ops", "{{code}}", _rate("tomada_sync_failures", "code")),
    ("Deliveries", "ops", "{{outcome}}", _rate("tomada_webhook_deliveries", "outcome")),
    ("Answer to a delivery, 99 %", "s", "p99", _quantile("tomada_webhook_answer_seconds", "0.99")),
    ("From a delivery to the ledger", "s", "p95",
     _quantile("tomada_event_visible_seconds", "0.95")),
    ("From the ledger to an open page", "s", "p99", _quantile("tomada_push_delay_seconds", "0.99")),
    ("Open streams", "short", "{{instance}}", "tomada_push_connections"),
    ("Events that are not done", "short", "{{state}}", "max by (state) (tomada_inbox_events)"),
    ("Oldest event and oldest job", "s", "event", "max(tomada_inbox_age_seconds)"),
    ("Jobs that wait", "short", "jobs", "max(tomada_jobs_waiting)"),
    ("Parked readings", "short", "connections", "max(tomada_jobs_dead)"),
    ("Age of the data by product", "s", "{{product}}",
     "max by (product) (tomada_freshness_seconds)"),
    ("Products late or incomplete", "short", "{{product}}",
     "max by (product) (tomada_products_stale)"),
    ("Connections", "short", "{{status}}", "max by (status) (tomada_items)"),
    ("Calls to Pluggy", "ops", "{{outcome}}", _rate("tomada_pluggy_calls", "outcome")),
    ("Pluggy's answers, 95 %", "s", "{{family}}",
     _quantile("tomada_pluggy_call_seconds", "0.95", "family")),
    ("Allowance used", "percentunit", "{{family}}",
     "max by (family) (tomada_pluggy_allowance_used) / max by (family) (tomada_pluggy_allowance)"),
    ("Refused by Pluggy's rate limit", "short", "{{family}}",
     "sum by (family) (increase(tomada_pluggy_rate_limited_total[1h]))"),
    ("Requests", "ops", "{{status}}", _rate("tomada_http_requests", "status")),
    ("Answers, 95 %", "s", "{{area}}", _quantile("tomada_http_seconds", "0.95", "area")),
    ("Sign-ins", "ops", "{{outcome}}", _rate("tomada_sign_ins", "outcome")),
    ("Master key failed", "short", "{{operation}}",
     "sum by (operation) (increase(tomada_kms_errors_total[1h]))"),
    ("Since the latest backup", "s", "age", "time() - max(tomada_backup_timestamp_seconds)"),
)  # fmt: skip


def board() -> str:
    """Write the dashboard."""
    made: dict[str, Any] = {
        "title": "Tomada",
        "uid": "tomada",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [{"name": "source", "type": "datasource", "query": "prometheus"}],
        },
        "panels": [_panel(n, *one) for n, one in enumerate(PANELS)],
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _panel(n: int, title: str, unit: str, legend: str, expression: str) -> dict[str, Any]:
    row, column = divmod(n, _IN_A_ROW)
    source = {"type": "prometheus", "uid": "${source}"}
    return {
        "id": n + 1,
        "type": "timeseries",
        "title": title,
        "datasource": source,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": "A", "datasource": source, "expr": expression, "legendFormat": legend}
        ],
    }


if __name__ == "__main__":
    FILE.write_text(board(), encoding="utf-8")
