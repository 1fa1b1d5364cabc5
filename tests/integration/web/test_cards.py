"""Cards, bills and the balance proof over HTTP: amounts exact, sums that close."""

from typing import Any

from tests.integration.web.people import Person


def _sum(lines: list[dict[str, Any]]) -> int:
    return sum(one["amount"]["minor"] for one in lines)


async def test_a_bill_is_explained_line_by_line_and_its_sums_close(rita: Person) -> None:
    await rita.read_a_bank()

    cards = await rita.get("/cards")
    bills = (await rita.get("/bills"))["bills"]
    one = await rita.get(f"/bills/{bills[0]['id']}")

    (card,) = cards["cards"]
    (limit,) = cards["limits"]
    assert limit["accountIds"] == [card["accountId"]]
    assert limit["limit"] == card["figures"]["limit"]
    assert card["figures"]["usedLimit"]["minor"] == (
        card["figures"]["limit"]["minor"] - card["figures"]["availableLimit"]["minor"]
    )
    assert card["series"]
    assert one["bill"] == bills[0]
    assert one["linesTotal"]["minor"] == _sum(one["purchases"])
    assert one["creditsTotal"]["minor"] == -_sum(one["credits"])
    assert one["bill"]["totalMinor"] == (
        one["linesTotal"]["minor"] + one["chargesTotal"]["minor"] - one["creditsTotal"]["minor"]
        + one["unexplainedDifference"]["minor"]
    )  # fmt: skip
    assert one["unexplainedDifference"]["minor"] == 0
    assert {line["kind"] for line in one["purchases"]} == {"purchase"}
    assert all(line["description"] for line in one["purchases"])


async def test_a_bill_of_somebody_else_looks_like_none(rita: Person, bento: Person) -> None:
    await rita.read_a_bank()
    bill = (await rita.get("/bills"))["bills"][0]["id"]

    foreign = await bento.client.get(f"/api/open-finance/bills/{bill}")
    missing = await bento.client.get("/api/open-finance/bills/0193a000-0000-7000-8000-000000000000")

    assert foreign.status_code == missing.status_code == 404
    assert (await bento.get("/cards")) == {"cards": [], "limits": []}


async def test_every_bank_account_is_proven_after_its_first_reading(rita: Person) -> None:
    await rita.read_a_bank()

    told = await rita.get("/balance-cases")

    assert told["cases"] == []
    assert [one["state"] for one in told["proofs"]] == ["proven", "proven"]
    assert all(one["firstDay"] and one["opening"] is not None for one in told["proofs"])
