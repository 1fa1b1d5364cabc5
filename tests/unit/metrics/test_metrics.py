"""Figures that cannot grow without end, nor name anybody."""

import re

from prometheus_client.parser import text_string_to_metric_families

from tomada.metrics import CALLS, DELIVERIES, INBOX, INBOX_AGE, NAMES, OTHER, Metrics, Words

MOST_SERIES = 5_000
NAMING = re.compile(
    r"(^|_)(id|entity|user|email|item|account|tenant|person|path|text|name|event)s?$"
)


def series(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def test_all_figures_together_have_a_bounded_number_of_series() -> None:
    assert sum(name.most_series for name in NAMES) <= MOST_SERIES


def test_the_bound_holds_when_everything_that_can_happen_happens() -> None:
    metrics = Metrics()

    for name in NAMES:
        choices = [[f"w{n}" for n in range(300)] for _ in name.labels]
        for given in zip(*choices, strict=True) if choices else [()]:
            labels = dict(zip(name.labels, given, strict=True))
            match name.kind:
                case "counter":
                    metrics.count(name, **labels)
                case "gauge":
                    metrics.set(name, 1, **labels)
                case "histogram":
                    metrics.observe(name, 1, **labels)

    assert len(series(metrics)) <= sum(name.most_series for name in NAMES)


def test_no_label_is_called_after_a_person_or_a_thing_of_theirs() -> None:
    labels = {label for name in NAMES for label in name.labels}

    assert not [label for label in labels if NAMING.search(label)]
    assert NAMING.search("entity_id")
    assert NAMING.search("item")


def test_every_name_begins_alike_and_says_what_it_means() -> None:
    for name in NAMES:
        assert re.fullmatch(r"tomada_[a-z_]+[a-z]", name.name)
        assert name.meaning
        assert "|" not in name.meaning

    assert len({name.name for name in NAMES}) == len(NAMES)


def test_a_value_that_is_not_on_the_list_counts_as_another_one() -> None:
    metrics = Metrics()

    metrics.count(DELIVERIES, outcome="refused")
    metrics.count(DELIVERIES, outcome="joana@example.com")

    assert series(metrics)["tomada_webhook_deliveries_total", ("refused",)] == 1
    assert series(metrics)["tomada_webhook_deliveries_total", (OTHER,)] == 1
    assert b"joana" not in metrics.text()


def test_words_beyond_the_first_count_as_another_one() -> None:
    metrics, words = Metrics(), CALLS.labels["family"]
    assert isinstance(words, Words)

    for n in range(words.most + 5):
        metrics.count(CALLS, family=f"f{n}", outcome="ok")

    assert series(metrics)["tomada_pluggy_calls_total", (OTHER, "ok")] == 5


def test_what_is_unknown_does_not_look_like_what_it_was() -> None:
    metrics = Metrics()
    metrics.set(INBOX, 3, state="new")
    metrics.set(INBOX_AGE, 3)

    metrics.unknown(INBOX, INBOX_AGE)

    known = series(metrics)
    assert ("tomada_inbox_events", ("new",)) not in known
    assert known["tomada_inbox_age_seconds", ()] != known["tomada_inbox_age_seconds", ()]


def test_a_counter_is_there_before_anything_has_happened() -> None:
    assert series(Metrics())["tomada_syncs_total", ("parked",)] == 0
