"""Your project's own test: the code talks to Pluggy through its SDK, and the simulator answers.

Installing `tomada` beside pytest brings the fixture; there is nothing to start and nothing to stop.
"""

import pluggy_sdk as sdk


def test_a_purchase_is_among_the_transactions(pluggy_simulator):
    pluggy = sdk.ApiClient(sdk.Configuration(host=pluggy_simulator.url))
    keys = {"clientId": pluggy_simulator.client_id, "clientSecret": pluggy_simulator.client_secret}
    key = sdk.AuthApi(pluggy).auth_create(sdk.AuthRequest.from_dict(keys)).api_key
    pluggy.configuration.api_key["default"] = key
    login = {"user": "user-ok", "password": "password-ok"}
    wish = sdk.CreateItem.from_dict({"connectorId": 0, "parameters": login})
    item = sdk.ItemsApi(pluggy).items_create(wish)
    pluggy_simulator.settle()  # the run at the bank has ended, webhooks are delivered

    bought = pluggy_simulator.do(lambda world: world.purchase(str(item.id)))

    rows = sdk.TransactionApi(pluggy).transactions_list_by_cursor(bought.account_id).results
    assert bought.id in [str(row.id) for row in rows]
