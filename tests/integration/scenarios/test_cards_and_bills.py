"""Complaints about cards and balances: instalments, wrong bills, limits added up, plug rows."""

from tests.conftest import Running
from tests.integration.scenarios.scene import months, scene


async def test_11_instalments_are_one_purchase_and_nothing_is_made_up(tomada: Running) -> None:
    async with scene(tomada, "instalments") as seen:
        played = await seen.play()

        ids = {
            row["metadata"]["pluggyTransactionId"]: row["id"]
            for text in ("CASA DOS MOVEIS", "SAPATARIA", "LOJA DE CELULAR")
            for row in await seen.rows(text)
        }

        def ours(name: str, parts: int) -> list[str]:
            return [ids[played.rows[f"{name}.{n}"]] for n in range(1, parts + 1)]

        cards = await seen.get("/cards")
        told = [one for card in cards["cards"] for one in card["series"]]
        by_rows = {tuple(one["transactionIds"]): one for one in told}
        fridge = by_rows[tuple(ours("fridge", 10))]
        shoes = by_rows[tuple(ours("shoes", 3))]
        phone = by_rows[tuple(ours("phone", 2))]

        assert (fridge["evidence"], fridge["missing"], fridge["whole"]["minor"]) == (
            "metadata", [], 250_000
        )  # fmt: skip
        assert (shoes["evidence"], shoes["whole"]["minor"]) == ("text", 10_000)
        assert phone["missing"] == [3, 4]
        assert phone["whole"]["minor"] == 40_000


async def test_12_a_bill_has_its_own_lines_and_a_refund_is_no_payment(tomada: Running) -> None:
    async with scene(tomada, "wrong_bill") as seen:
        played = await seen.play()
        await seen.days(1)

        bills = {
            one["totalMinor"]: one["id"]
            for one in (await seen.get("/bills"))["bills"]
            if one["id"] in played.bills.values()
        }
        march = await seen.get(f"/bills/{bills[20_000]}")
        april = await seen.get(f"/bills/{bills[-1_000]}")

        assert [one["description"] for one in march["purchases"]] == ["MATERIAL DE OBRA"]
        assert [one["kind"] for one in april["credits"]] == ["refund"]
        assert march["unexplainedDifference"]["minor"] == 0
        assert april["unexplainedDifference"]["minor"] == 0
        assert march["earlierPayments"] == april["earlierPayments"] == []


async def test_13_a_bill_paid_in_two_parts_is_counted_once(tomada: Running) -> None:
    async with scene(tomada, "bills") as seen:
        before = await months(seen)
        played = await seen.play()
        await seen.rest()
        after = await months(seen)
        await seen.days(1)

        (bill_id,) = played.bills.values()
        bill = await seen.get(f"/bills/{bill_id}")
        debits = await seen.rows("PAGAMENTO FATURA CARTAO")
        ours = {one["metadata"]["pluggyTransactionId"]: one["id"] for one in debits}

        assert bill["unexplainedDifference"]["minor"] == 0
        paid = {one["bankTransactionId"]: one for one in bill["settlements"]}
        first, second = (ours[played.rows[name]] for name in ("first", "second"))
        assert paid[first]["cardTransactionId"] is not None
        assert paid[second]["cardTransactionId"] is None
        assert bill["paid"]["minor"] == 40_000
        assert (after[0] - before[0], after[1] - before[1]) == (40_000, 0)
        assert bill["paidState"] == "paid"


async def test_14_a_shared_limit_counts_once(tomada: Running) -> None:
    async with scene(tomada, "shared_limit") as seen:
        await seen.play()
        await seen.days(1)

        cards = await seen.get("/cards")
        shared, own = sorted(cards["limits"], key=lambda one: -len(one["accountIds"]))
        assert len(cards["cards"]) == 3
        assert (len(shared["accountIds"]), len(own["accountIds"])) == (2, 1)
        assert shared["limit"]["minor"] == 2 * own["limit"]["minor"]


async def test_15_a_purchase_abroad_is_owed_with_its_tax_under_named_figures(
    tomada: Running,
) -> None:
    async with scene(tomada, "card_balance") as seen:
        played = await seen.play()
        await seen.days(1)

        (bill_id,) = played.bills.values()
        bill = await seen.get(f"/bills/{bill_id}")
        (card,) = (await seen.get("/cards"))["cards"]

        assert (bill["linesTotal"]["minor"], bill["chargesTotal"]["minor"]) == (22_000, 770)
        assert [one["kind"] for one in bill["chargeLines"]] == ["tax"]
        assert bill["unexplainedDifference"]["minor"] == 0
        assert bill["paidState"] == "paid"
        assert "balance" not in card
        assert "reportedBalance" in card["figures"]


async def test_16_the_opening_figure_is_an_anchor_and_no_row(tomada: Running) -> None:
    async with scene(tomada, "late_history") as seen:
        before = await seen.get("/balance-cases")
        await seen.play()
        await seen.days(1)

        told = await seen.get("/balance-cases")
        rows = await seen.rows("SALARIO ANTIGO")

        assert before["cases"] == []
        assert [one for one in told["cases"] if one["state"] == "open"] == []
        assert all(one["state"] == "proven" for one in told["proofs"])
        assert all(one["opening"] is not None for one in told["proofs"])
        assert [one["amountMinor"] for one in rows] == [500_000]
        assert await seen.equal()
