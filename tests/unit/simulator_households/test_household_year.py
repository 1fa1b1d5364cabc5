"""A household's year looks like Brazil and keeps within its dates."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise

from tests.unit.simulator_households.truth import (
    DIRECT,
    NOW,
    OPEN_FINANCE,
    TODAY,
    a_bank,
    account,
    lines,
)

BRASILIA = timezone(timedelta(hours=-3))


def test_a_usual_bank_has_three_accounts_and_about_a_hundred_rows_a_month() -> None:
    banks = [
        a_bank(seed=seed, connector_id=connector) for seed in (1, 2, 3) for connector in (0, 613)
    ]

    for bank in banks:
        assert [one.subtype for one in bank.accounts] == [
            "CHECKING_ACCOUNT",
            "SAVINGS_ACCOUNT",
            "CREDIT_CARD",
        ]
        assert 900 <= sum(len(one.transactions) for one in bank.accounts) <= 1500


def test_the_same_arguments_give_the_same_bank() -> None:
    assert a_bank(seed=7) == a_bank(seed=7)
    assert a_bank(seed=7) != a_bank(seed=8)
    assert a_bank(connector_id=613) != a_bank(connector_id=615)


def test_one_login_is_one_person_at_every_bank() -> None:
    people = {
        (bank.owner, bank.tax_number)
        for bank in (a_bank(connector_id=connector) for connector in (0, 613, 616))
    }

    assert len(people) == 1
    assert a_bank(user="user-ok-ana").owner not in {name for name, _ in people}


def test_tomorrow_keeps_the_days_before() -> None:
    a_week_later = a_bank(today=TODAY + timedelta(days=7), now=NOW + timedelta(days=7))
    since = datetime.combine(TODAY - timedelta(days=300), time(0), tzinfo=UTC)

    def purchases(rows: list[tuple[str, datetime]]) -> Counter[tuple[str, datetime]]:
        return Counter(row for row in rows if since <= row[1] < NOW - timedelta(days=1))

    for subtype in ("CHECKING_ACCOUNT", "CREDIT_CARD"):
        today, later = (
            purchases(
                [
                    (row.description, row.date)
                    for row in account(bank, subtype).transactions
                    if row.category != "Same person transfer"
                ]
            )
            for bank in (a_bank(), a_week_later)
        )
        assert today == later


def test_nothing_is_dated_outside_the_twelve_months_but_one_scheduled_payment() -> None:
    for connector_id in (DIRECT, OPEN_FINANCE):
        bank = a_bank(connector_id=connector_id)

        rows = [row for one in bank.accounts for row in one.transactions]
        ahead = [row for row in rows if row.date > NOW]

        assert min(row.date for row in rows) >= datetime(2025, 11, 23, tzinfo=UTC)
        assert [row.status for row in ahead] == ["PENDING"]
        assert ahead[0].description.startswith("Agendamento")


def test_the_first_and_the_last_month_are_as_full_as_the_others() -> None:
    bank = a_bank()

    months = Counter(
        (row.date.year, row.date.month) for one in bank.accounts for row in one.transactions
    )
    whole = [
        count
        for month, count in months.items()
        if month not in {(2025, 11), (2026, 11), (2026, 12)}
    ]

    assert len(whole) == 11
    assert min(whole) > 70


def test_the_salary_comes_on_the_fifth_bank_day() -> None:
    checking = account(a_bank(), "CHECKING_ACCOUNT")

    days = [
        row.date.astimezone(BRASILIA).date()
        for row in checking.transactions
        if row.description.startswith("Salário")
    ]

    assert len(days) == 12
    assert date(2026, 11, 9) in days  # 2 November is a holiday
    assert date(2026, 9, 8) in days  # and so is 7 September
    assert sum(row.description.startswith("13º") for row in checking.transactions) == 2


def test_dates_take_the_shapes_of_their_connector() -> None:
    direct = [row.date for one in a_bank(connector_id=DIRECT).accounts for row in one.transactions]
    regulated = [
        row.date for one in a_bank(connector_id=OPEN_FINANCE).accounts for row in one.transactions
    ]

    assert {moment.time() for moment in direct} == {time(0)}
    assert any(moment.time() == time(3) for moment in regulated)
    assert any(moment.time() not in {time(0), time(3)} for moment in regulated)


def test_regulated_rows_have_the_banks_own_id_and_direct_ones_a_code() -> None:
    for connector_id in (DIRECT, OPEN_FINANCE):
        rows = [
            row for one in a_bank(connector_id=connector_id).accounts for row in one.transactions
        ]
        ids = [row.provider_id or row.provider_code for row in rows]

        assert None not in ids
        assert len(set(ids)) == len(ids)
        assert all((row.provider_id is None) == (connector_id == DIRECT) for row in rows)
        assert all((row.operation_type is None) == (connector_id == DIRECT) for row in rows)


def test_signs_follow_the_kind_of_account() -> None:
    bank = a_bank()

    for one in bank.accounts:
        for row in one.transactions:
            out = row.type == "DEBIT"
            assert out == (row.amount < 0 if one.type == "BANK" else row.amount > 0)


def test_instalments_run_through_the_bills() -> None:
    card = account(a_bank(), "CREDIT_CARD")

    bought: dict[tuple[str, str, int], list[int]] = {}
    for bill in card.bills:
        for row in lines(card, bill):
            details = row.credit_card_metadata or {}
            if "installmentNumber" in details:
                key = (str(row.merchant), details["purchaseDate"], details["totalInstallments"])
                bought.setdefault(key, []).append(details["installmentNumber"])

    assert any(len(numbers) >= 3 for numbers in bought.values())
    for numbers in bought.values():
        assert all(later > earlier for earlier, later in pairwise(sorted(numbers)))


def test_open_card_rows_are_pending_and_forecast_their_bill() -> None:
    card = account(a_bank(), "CREDIT_CARD")

    for row in card.transactions:
        details = row.credit_card_metadata or {}
        if row.operation_type == "PAGAMENTO_FATURA":
            assert row.status == "POSTED"
        else:
            assert (row.status == "PENDING") == ("billId" not in details)
            assert len(details["billForecastDate"]) == 7


def test_a_dollar_purchase_carries_both_amounts_and_its_tax() -> None:
    card = account(a_bank(), "CREDIT_CARD")

    abroad = [row for row in card.transactions if row.currency_code == "USD"]
    taxes = [row for row in card.transactions if row.category == "Tax on financial operations"]

    assert abroad
    assert len(taxes) == len(abroad)
    for row in abroad:
        assert row.amount_in_account_currency is not None
        assert row.amount_in_account_currency > row.amount > 0


def test_the_year_has_everything_a_household_pays() -> None:
    rows = [row for one in a_bank(seed=2).accounts for row in one.transactions]

    categories = {row.category for row in rows}

    assert {
        "Salary", "Transfer - PIX", "Electricity", "Water", "Internet", "Housing", "Groceries",
        "Eating out", "Food delivery", "Pharmacy", "Taxi and ride-hailing", "Video streaming",
        "Account fees", "Credit card fees", "Credit card payment", "Same person transfer",
        "Proceeds interests and dividends", "Tax on financial operations",
    } <= categories  # fmt: skip
    operations = {row.operation_type for row in rows}
    assert {
        "PIX",
        "BOLETO",
        "FOLHA_PAGAMENTO",
        "CONVENIO_ARRECADACAO",
        "ESTORNO",
        "TARIFA",
    } <= operations


def test_raw_descriptions_shout_without_accents() -> None:
    rows = [row for one in a_bank().accounts for row in one.transactions]

    for row in rows:
        raw = row.description_raw or ""
        assert raw
        assert raw == raw.upper()
        assert raw.isascii()
