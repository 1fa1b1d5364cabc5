from tests.integration.web.site import Site


async def test_a_bank_is_connected_and_its_year_is_read(site: Site) -> None:
    async with site.person() as rita:
        item = await rita.connect_a_bank()
        done = await rita.sync(item)
        again = await rita.sync(item)
        accounts = await rita.get("/api/open-finance/accounts", itemId=item)
        page = await rita.get("/api/open-finance/transactions", limit=500)

    assert done.status_code == 200, done.text
    counts = done.json()
    assert set(counts) == {"success", "accounts", "transactions"}
    assert counts["success"] is True
    assert len(accounts["accounts"]) == counts["accounts"] > 0
    assert len(page["transactions"]) == min(counts["transactions"], 500) > 0
    assert again.json() == counts
