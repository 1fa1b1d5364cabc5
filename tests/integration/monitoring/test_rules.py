"""The alerts, played against histories by Prometheus's own tool: who is woken, and who is not."""

import asyncio
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.alert_rules import RULES, rules
from tests.repo.checkout import ROOT
from tomada.metrics import NAMES, samples_of

NO_PROMTOOL = "there is no promtool on this machine (Debian: apt-get install prometheus)"
LONG = 150
NOW = 90_000
"""Where a history with a time in it begins, in Prometheus's own seconds."""
DELIVERED = 'tomada_webhook_deliveries_total{outcome="done"}'
FAILED = 'tomada_webhook_deliveries_total{outcome="failed"}'


@dataclass(frozen=True, slots=True)
class History:
    """What was measured every minute, and which alert is up at the end of it."""

    title: str
    series: dict[str, str]
    minutes: int
    alert: str
    up: bool
    labels: tuple[tuple[str, str], ...] = ()


def steady(each: float, minutes: int) -> str:
    """A counter that grows evenly."""
    return f"0+{each}x{minutes}"


def level(value: float, minutes: int) -> str:
    """A gauge that stays."""
    return f"{value}+0x{minutes}"


def burning(title: str, alert: str, *, good: str, bad: str, minutes: int, up: bool) -> History:
    labels = (("objective", "webhook_accepted"),)
    return History(title, {DELIVERED: good, FAILED: bad}, minutes, alert, up, labels)


def slow(name: str, objective: str, within: str, *, share: float, up: bool) -> History:
    """A distribution of which a share took too long, for an hour."""
    quick = steady(10 * (1 - share), 70)
    series = {
        f'tomada_{name}_bucket{{le="{within}"}}': quick,
        f"tomada_{name}_count": steady(10, 70),
    }
    word = "slow" if up else "quick"
    labels = (("objective", objective),)
    return History(f"{objective} is {word}", series, 70, "BudgetBurnsFast", up, labels)


def gauge(title: str, alert: str, sample: str, value: float, *, up: bool, m: int = 10) -> History:
    labels = (("component", "keys"),) if "component=" in sample else ()
    if "product=" in sample:
        labels = (("product", "TRANSACTIONS"),)
    return History(title, {sample: level(value, m)}, m, alert, up, labels)


def aged(title: str, alert: str, sample: str, hours: float, *, up: bool) -> History:
    """A time stamp of the beginning, looked at *hours* later."""
    return History(title, {sample: level(0, int(hours * 60))}, int(hours * 60), alert, up)


HISTORIES = (
    burning("all deliveries kept", "BudgetBurnsFast", good=steady(1, 70), bad=level(0, 70),
            minutes=70, up=False),
    burning("one in ten fails for an hour", "BudgetBurnsFast", good=steady(0.9, 70),
            bad=steady(0.1, 70), minutes=70, up=True),
    burning("a few fail of very few", "BudgetBurnsFast", good=steady(0.1, 70),
            bad=steady(0.1, 70), minutes=70, up=False),
    burning("it was bad and is over", "BudgetBurnsFast", good=steady(1, 90),
            bad=f"{steady(1, 40)} 40+0x49", minutes=90, up=False),
    burning("one in 125 fails for six hours", "BudgetBurns", good=steady(0.992, 370),
            bad=steady(0.008, 370), minutes=370, up=True),
    burning("one in 125 is not yet a fast burn", "BudgetBurnsFast", good=steady(0.992, 370),
            bad=steady(0.008, 370), minutes=370, up=False),
    burning("one in 500 fails for three days", "BudgetBurnsSlowly", good=steady(0.998, 4400),
            bad=steady(0.002, 4400), minutes=4400, up=True),
    burning("one in 2,000 fails for three days", "BudgetBurnsSlowly", good=steady(0.9995, 4400),
            bad=steady(0.0005, 4400), minutes=4400, up=False),
    slow("webhook_answer_seconds", "webhook_answered", "2.0", share=0.1, up=True),
    slow("webhook_answer_seconds", "webhook_answered", "2.0", share=0.001, up=False),
    slow("event_visible_seconds", "event_visible_late", "300.0", share=0.3, up=True),
    slow("event_visible_seconds", "event_visible_late", "300.0", share=0.01, up=False),
    slow("push_delay_seconds", "push", "2.0", share=0.3, up=True),
    slow("push_delay_seconds", "push", "2.0", share=0.05, up=False),
    History("most readings fail", {'tomada_syncs_total{outcome="done"}': steady(0.2, 70),
            'tomada_syncs_total{outcome="failed"}': steady(0.8, 70)}, 70, "BudgetBurnsFast",
            up=True, labels=(("objective", "sync"),)),
    History("banks refuse, we read", {'tomada_syncs_total{outcome="done"}': steady(0.5, 70),
            'tomada_syncs_total{outcome="refused"}': steady(0.5, 70)}, 70, "BudgetBurnsFast",
            up=False, labels=(("objective", "sync"),)),
    History("somebody forges", {'tomada_webhook_deliveries_total{outcome="refused"}':
            steady(20, 20)}, 20, "WebhookForgeries", up=True),
    History("a scanner passes by", {'tomada_webhook_deliveries_total{outcome="refused"}':
            steady(1, 20)}, 20, "WebhookForgeries", up=False),
    History("silence while banks are due", {DELIVERED: level(7, 130),
            "tomada_items_auto_sync_due": level(3, 130)}, 130, "NoWebhooks", up=True),
    History("silence and nothing is due", {DELIVERED: level(7, 130),
            "tomada_items_auto_sync_due": level(0, 130)}, 130, "NoWebhooks", up=False),
    History("banks are late and others deliver", {DELIVERED: steady(1, 130),
            "tomada_items_auto_sync_due": level(3, 130)}, 130, "NoWebhooks", up=False),
    aged("the webhook was off", "WebhookSwitchedOff",
         'tomada_webhook_drift_timestamp_seconds{drift="disabled"}', 0.5, up=True),
    aged("the webhook was off yesterday", "WebhookSwitchedOff",
         'tomada_webhook_drift_timestamp_seconds{drift="disabled"}', 24, up=False),
    aged("nobody checks", "WebhookNotChecked", "tomada_webhook_checked_timestamp_seconds", 4,
         up=True),
    gauge("an event waits", "InboxWaits", "tomada_inbox_age_seconds", 301, up=True),
    gauge("events are served", "InboxWaits", "tomada_inbox_age_seconds", 20, up=False),
    gauge("jobs wait", "QueueWaits", "tomada_job_wait_seconds", 150, up=True),
    gauge("a reading is parked", "DeadJobs", "tomada_jobs_dead", 1, up=True),
    gauge("none is parked", "DeadJobs", "tomada_jobs_dead", 0, up=False),
    History("Pluggy limits us", {'tomada_pluggy_rate_limited_total{family="items"}':
            "0 0 0 1 1 1 1 1 1"}, 8, "RateLimited", up=True),
    History("Pluggy is away", {'tomada_pluggy_calls_total{outcome="ok"}': steady(1, 15),
            'tomada_pluggy_calls_total{outcome="transport"}': steady(9, 15)}, 15, "PluggyFails",
            up=True),
    gauge("clocks differ", "ClockSkew", "tomada_clock_skew_seconds", -3, up=True),
    gauge("clocks agree", "ClockSkew", "tomada_clock_skew_seconds", 0.4, up=False),
    History("the KMS fails", {'tomada_kms_errors_total{operation="unwrap"}': "0 0 0 1 2 3"}, 5,
            "KeyErrors", up=True),
    gauge("keys do not answer", "ComponentDown", 'tomada_component_up{component="keys"}', 0,
          up=True),
    History("a process is gone", {'up{job="tomada", instance="a"}': level(0, 10)}, 10,
            "ProcessDown", up=True, labels=(("instance", "a"), ("job", "tomada"))),
    aged("no worker counts", "NobodyCounts", "tomada_items_counted_timestamp_seconds", 1, up=True),
    aged("no anchor for hours", "AnchorOld", "tomada_audit_anchor_timestamp_seconds", 4, up=True),
    aged("yesterday's backup", "BackupOld", "tomada_backup_timestamp_seconds", 25, up=False),
    aged("no backup since", "BackupOld", "tomada_backup_timestamp_seconds", 27, up=True),
    History("a restore failed", {'tomada_backup_verified_timestamp_seconds{outcome="failed"}':
            level(NOW, 5), 'tomada_backup_verified_timestamp_seconds{outcome="done"}':
            level(10, 5)}, 5, "RestoreFailed", up=True),
    History("a later restore went well", {'tomada_backup_verified_timestamp_seconds{outcome="done"}':
            level(NOW, 5), 'tomada_backup_verified_timestamp_seconds{outcome="failed"}':
            level(10, 5)}, 5, "RestoreFailed", up=False),
    gauge("Pluggy keeps what has ended", "DeletionsWait", "tomada_deletions_waiting_seconds",
          15_000, up=True),
    History("passwords are tried", {'tomada_sign_ins_total{outcome="wrong"}': steady(20, 20)}, 20,
            "SignInsFail", up=True),
    gauge("the certificate ends", "CertificateEnds", "tomada_certificate_end_timestamp_seconds",
          86_400 * 20, up=True),
    gauge("the certificate is good", "CertificateEnds", "tomada_certificate_end_timestamp_seconds",
          86_400 * 60, up=False),
    gauge("a balance does not add up", "BalanceGap", "tomada_balance_gaps", 1, up=True, m=1500),
    gauge("it adds up again", "BalanceGap", "tomada_balance_gaps", 0, up=False, m=1500),
    gauge("data are old", "DataOld", 'tomada_freshness_seconds{product="TRANSACTIONS"}', 300_000,
          up=True, m=70),
)  # fmt: skip


def _alerts() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load(rules())["groups"]
    return {one["alert"]: one for group in groups for one in group["rules"] if "alert" in one}


def _played(history: History) -> dict[str, Any]:
    alert, labels = _alerts()[history.alert], dict(history.labels)
    words = {
        name: re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda m: labels.get(m[1], ""), text)
        for name, text in alert["annotations"].items()
    }
    fired = {"exp_labels": {**alert["labels"], **labels}, "exp_annotations": words}
    return {
        "name": history.title,
        "interval": "1m",
        "input_series": [{"series": n, "values": v} for n, v in history.series.items()],
        "alert_rule_test": [
            {
                "eval_time": f"{history.minutes}m",
                "alertname": history.alert,
                "exp_alerts": [fired] if history.up else [],
            }
        ],
    }


def test_every_alert_has_a_history_that_raises_it() -> None:
    assert set(_alerts()) == {one.alert for one in HISTORIES if one.up}


def test_the_rules_are_what_their_source_gives() -> None:
    assert RULES.read_text("utf-8") == rules(), "run: python scripts/alert_rules.py"


@pytest.mark.parametrize("every", ["1m", "30m"])
async def test_the_histories_raise_what_they_should_and_nothing_else(
    tmp_path: Path, every: str
) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip(NO_PROMTOOL)
    # The rules of a history of days are not worked out for each of its minutes.
    played = [one for one in HISTORIES if (one.minutes <= LONG) == (every == "1m")]
    told = {
        "rule_files": [str(RULES)],
        "evaluation_interval": every,
        "tests": [_played(one) for one in played],
    }
    file = tmp_path / "rules.test.yml"
    file.write_text(yaml.safe_dump(told))

    process = await asyncio.create_subprocess_exec(
        promtool, "test", "rules", str(file), stdout=-1, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()

    assert process.returncode == 0, said.decode()


def test_rules_and_panels_ask_for_figures_that_exist() -> None:
    known = {sample for name in NAMES for sample in samples_of(name)}
    texts = [path.read_text("utf-8") for path in (ROOT / "deploy").glob("*/*.yml")]
    texts += [path.read_text("utf-8") for path in (ROOT / "deploy" / "grafana").glob("*.json")]

    asked = {one for text in texts for one in re.findall(r"\btomada_[a-z_]+", text)}

    assert "tomada_inbox_age_seconds" in asked
    assert asked <= known, asked - known
