"""Write deploy/prometheus/rules.yml: `python scripts/alert_rules.py`.

The objectives are recorded over five windows each, so that one alert of each speed serves them all.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RULES = Path(__file__).resolve().parent.parent / "deploy" / "prometheus" / "rules.yml"
_HEAD = "# Written by scripts/alert_rules.py; tested by rules.test.yml beside it.\n"
_WINDOWS = ("5m", "30m", "1h", "6h", "3d")
_COUNTED = ("1h", "6h", "3d")


@dataclass(frozen=True, slots=True)
class Objective:
    """What share of *all* may be *bad*, in thirty days; both are counters with a place for {w}."""

    name: str
    budget: str
    bad: str
    all: str


def _slower(name: str, most: str) -> tuple[str, str]:
    """Count what took longer than *most*, of a distribution."""
    every = f"sum(increase(tomada_{name}_count[{{w}}]))"
    return f'{every} - sum(increase(tomada_{name}_bucket{{{{le="{most}"}}}}[{{w}}]))', every


def _share(name: str, bad: str, *, of: str = "") -> tuple[str, str]:
    picked = f"{{{{{of}}}}}" if of else ""
    return (
        f'sum(increase(tomada_{name}_total{{{{outcome=~"{bad}"}}}}[{{w}}]))',
        f"sum(increase(tomada_{name}_total{picked}[{{w}}]))",
    )


OBJECTIVES = (
    # Refused deliveries are not Pluggy's, so they are none of those that are to be accepted.
    Objective(
        "webhook_accepted", "0.001",
        *_share("webhook_deliveries", "failed", of='outcome!~"refused|limited"'),
    ),
    Objective("webhook_answered", "0.001", *_slower("webhook_answer_seconds", "2.0")),
    Objective("event_visible", "0.05", *_slower("event_visible_seconds", "60.0")),
    Objective("event_visible_late", "0.01", *_slower("event_visible_seconds", "300.0")),
    Objective("push", "0.01", *_slower("push_delay_seconds", "2.0")),
    Objective(
        "sync", "0.05", *_share("syncs", "failed|parked", of='outcome!="refused"'),
    ),
)  # fmt: skip
_BURNS = (
    # Budget of thirty days gone in two days, in five days, on the day it ends.
    ("BudgetBurnsFast", "page", "14.4", "1h", "5m", 20),
    ("BudgetBurns", "page", "6", "6h", "30m", 40),
    ("BudgetBurnsSlowly", "ticket", "1", "3d", "6h", 100),
)


def _alert(
    name: str, severity: str, expression: str, summary: str, runbook: str, *, wait: str = "0m"
) -> dict[str, Any]:
    return {
        "alert": name,
        "expr": expression,
        "for": wait,
        "labels": {"severity": severity},
        "annotations": {"summary": summary, "action": runbook},
    }


def _record(name: str, expression: str, of: Objective) -> dict[str, Any]:
    return {"record": f"tomada:{name}", "expr": expression, "labels": {"objective": of.name}}


def _recorded() -> list[dict[str, Any]]:
    rules = []
    for one in OBJECTIVES:
        rules.append(_record("budget", f"vector({one.budget})", one))
        for window in _WINDOWS:
            every = one.all.format(w=window)
            ratio = f"({one.bad.format(w=window)}) / ({every} > 0)"
            rules.append(_record(f"bad:ratio_{window}", ratio, one))
            if window in _COUNTED:
                rules.append(_record(f"all:{window}", every, one))
    return rules


def _burning() -> list[dict[str, Any]]:
    return [
        _alert(
            name,
            severity,
            f"tomada:bad:ratio_{long} > on (objective) ({rate} * tomada:budget)"
            f" and tomada:bad:ratio_{short} > on (objective) ({rate} * tomada:budget)"
            f" and tomada:all:{long} >= {least}",
            "{{ $labels.objective }} fails too often: at this rate its budget of 30 days is gone"
            " early",
            "See the panel of this objective, then the log of the processes it is about.",
        )
        for name, severity, rate, long, short, least in _BURNS
    ]


_ACCEPTED = 'outcome=~"new|done|unbound|duplicate|conflict|quarantined"'


def _since(name: str, picked: str = "") -> str:
    """Write how long ago an instant was; the space is the next word's."""
    return f"time() - max(tomada_{name}_timestamp_seconds{picked}) "


def _deliveries() -> list[dict[str, Any]]:
    """List those about what comes in."""
    return [
        _alert(
            "WebhookForgeries", "ticket",
            'sum(increase(tomada_webhook_deliveries_total{outcome="refused"}[10m])) > 100',
            "more than 100 deliveries in ten minutes were not Pluggy's",
            "tomada webhooks status; a wrong secret at Pluggy looks the same.",
        ),
        _alert(
            "NoWebhooks", "page",
            f"sum(increase(tomada_webhook_deliveries_total{{{_ACCEPTED}}}[2h])) == 0"
            " and max(tomada_items_auto_sync_due) > 0",
            "no webhook came in for two hours while banks should have been read",
            "tomada doctor; then status.pluggy.ai.",
        ),
        _alert(
            "WebhookSwitchedOff", "page",
            _since("webhook_drift", '{drift="disabled"}') + "< 3600",
            "Pluggy had switched the webhook off; it was switched on again",
            'See why deliveries failed: tomada_webhook_deliveries_total{outcome="failed"}.',
        ),
        _alert(
            "WebhookNotChecked", "ticket",
            _since("webhook_checked") + "> 3 * 3600",
            "nobody looked at the registration at Pluggy for three hours",
            "See that a worker runs and that Pluggy answers it.",
        ),
        _alert(
            "InboxWaits", "page", "max(tomada_inbox_age_seconds) > 300",
            "an event has waited for more than five minutes",
            "See that a worker runs and what its log says.",
        ),
    ]  # fmt: skip


def _work() -> list[dict[str, Any]]:
    """List those about what is done."""
    return [
        _alert(
            "QueueWaits", "page", "max(tomada_job_wait_seconds) > 120",
            "jobs that could start have waited for two minutes",
            "Start another worker, or see why they take no jobs.", wait="2m",
        ),
        _alert(
            "DeadJobs", "ticket", "max(tomada_jobs_dead) > 0",
            "readings are parked after twelve tries",
            "The log says sync_parked with the code; tomada webhooks replay --state parked.",
        ),
        _alert(
            "RateLimited", "ticket", "sum(increase(tomada_pluggy_rate_limited_total[15m])) > 0",
            "Pluggy refused calls by its rate limit",
            "Somebody else calls from this address, or two installations do not share a database.",
        ),
        _alert(
            "PluggyFails", "page",
            'sum(increase(tomada_pluggy_calls_total{outcome!="ok"}[10m]))'
            " / (sum(increase(tomada_pluggy_calls_total[10m])) >= 20) > 0.5",
            "more than half of the calls to Pluggy fail", "status.pluggy.ai; then tomada doctor.",
        ),
        _alert(
            "ClockSkew", "ticket", "max(abs(tomada_clock_skew_seconds)) > 2",
            "the clocks of a process and of the database differ by more than two seconds",
            "See the time service of both machines.", wait="5m",
        ),
        _alert(
            "KeyErrors", "page", "sum(increase(tomada_kms_errors_total[5m])) > 0",
            "the master key could not be used",
            "See the KMS and its credentials; nothing is lost, deliveries are answered 503.",
        ),
        _alert(
            "ComponentDown", "page", "min by (component) (tomada_component_up) == 0",
            "{{ $labels.component }} does not answer", "See /readyz and its own log.", wait="1m",
        ),
        _alert(
            "ProcessDown", "page", 'up{job="tomada"} == 0',
            "{{ $labels.instance }} shows no figures", "See that the process runs.", wait="1m",
        ),
    ]  # fmt: skip


def _keeping() -> list[dict[str, Any]]:
    """List those about what is kept."""
    return [
        _alert(
            "NobodyCounts", "ticket",
            _since("items_counted") + "> 1200",
            "no worker went through the connections for twenty minutes",
            "See that a worker runs.",
        ),
        _alert(
            "AnchorOld", "ticket",
            _since("audit_anchor") + "> 3 * 3600",
            "the audit logs were not anchored for three hours", "tomada audit verify.",
        ),
        _alert(
            "BackupOld", "page", _since("backup") + "> 26 * 3600",
            "the latest backup is older than 26 hours", "Run tomada db backup, see its timer.",
        ),
        _alert(
            "RestoreFailed", "page",
            'max(tomada_backup_verified_timestamp_seconds{outcome="failed"})'
            ' > (max(tomada_backup_verified_timestamp_seconds{outcome="done"}) or vector(0))',
            "the last trial of a restore failed: there may be no backup that helps",
            "Run tomada db backup, then tomada db verify on it.",
        ),
        _alert(
            "DeletionsWait", "page", "max(tomada_deletions_waiting_seconds) > 4 * 3600",
            "Pluggy still has a connection whose consent ended four hours ago",
            "The log says item_deletion_failed with the code.",
        ),
        _alert(
            "SignInsFail", "ticket",
            'sum(increase(tomada_sign_ins_total{outcome=~"wrong|limited"}[15m])) > 200',
            "more than 200 sign-ins failed in 15 minutes",
            "Somebody tries passwords; addresses are slowed down by themselves.",
        ),
        _alert(
            "CertificateEnds", "ticket",
            "min(tomada_certificate_end_timestamp_seconds) - time() < 21 * 86400",
            "the certificate ends in less than 21 days", "Renew it.",
        ),
        _alert(
            "BalanceGap", "ticket", "max(tomada_balance_gaps) > 0",
            "an account's movements have not added up to the bank's balance for a day",
            "GET /api/open-finance/balance-cases says which, to its owner.", wait="24h",
        ),
        _alert(
            "DataOld", "ticket", "max by (product) (tomada_freshness_seconds) > 3 * 86400",
            "{{ $labels.product }} of a connection that is kept up are older than three days",
            "tomada doctor; the bank's own trouble is told to the person.", wait="1h",
        ),
    ]  # fmt: skip


def rules() -> str:
    """Write the file."""
    groups = [
        {"name": "tomada objectives", "rules": _recorded()},
        {"name": "tomada budgets", "rules": _burning()},
        {"name": "tomada", "rules": [*_deliveries(), *_work(), *_keeping()]},
    ]
    written: str = yaml.safe_dump(
        {"groups": groups}, sort_keys=False, width=120, allow_unicode=True
    )
    return _HEAD + written


if __name__ == "__main__":
    RULES.write_text(rules(), encoding="utf-8")
