"""What a client may ask of items: create, update, answer MFA, stop auto-sync, delete.

The rules and refusals are the provider's (item lifecycle: create and update rules, MFA).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tomada.simulator.connectors import Catalogue, Connector
from tomada.simulator.consents import Consents
from tomada.simulator.encoding import instant
from tomada.simulator.executions import Executions
from tomada.simulator.hooks import Hooks
from tomada.simulator.ids import Ids
from tomada.simulator.ledger import Ledgers, to_millisecond
from tomada.simulator.refusals import ApiError, Detail, bad_parameters, not_found
from tomada.simulator.sandbox import Script, login_of, same_person, script_for
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.state import ItemRecord, State


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """A checked request for an item."""

    connector_id: int
    parameters: Mapping[str, str]
    products: Sequence[str] | None = None
    client_user_id: str | None = None
    webhook_url: str | None = None
    oauth_redirect_uri: str | None = None
    avoid_duplicates: bool = False
    made_with: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """A checked request for an update; None leaves a thing as it is."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    products: Sequence[str] | None = None
    client_user_id: str | None = None
    webhook_url: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Items:
    """The items of one world, as the API lets clients handle them."""

    settings: SimulatorSettings
    state: State
    ids: Ids
    catalogue: Catalogue
    ledgers: Ledgers
    consents: Consents
    executions: Executions
    hooks: Hooks

    def get(self, item_id: str) -> ItemRecord:
        """Find an item or refuse with 404."""
        item = self.state.items.get(item_id)
        if item is None:
            raise not_found("item")
        return item

    def create(self, new: NewItem, *, triggered_by: str) -> ItemRecord:
        """Check the credentials' form and start the first execution."""
        connector = self._connector(new.connector_id)
        if not new.parameters:
            raise ApiError(400, "Parameters were not provided", "PARAMETERS_NOT_PROVIDED")
        details = connector.check(new.parameters)
        if details:
            raise bad_parameters(details)
        if new.avoid_duplicates:
            self._refuse_duplicates(connector, new.parameters)
        limit = self.settings.items_limit
        if limit is not None and len(self.state.items) >= limit:
            text = f"You have reached the limit of {limit} items"
            data = {"data": {"itemsLimit": limit}}
            raise ApiError(409, text, "ITEM_CREATION_LIMIT_EXCEEDED", data)
        now = to_millisecond(self.settings.clock())
        wanted = connector.products if new.products is None else new.products
        item = ItemRecord(
            id=self.ids.new("item"),
            connector_id=connector.id,
            parameters=dict(new.parameters),
            products=[product for product in connector.products if product in wanted],
            created_at=now,
            updated_at=now,
            client_user_id=new.client_user_id,
            webhook_url=new.webhook_url,
            oauth_redirect_uri=new.oauth_redirect_uri,
            made_with=new.made_with,
            triggered_by=triggered_by,
        )
        self.state.items[item.id] = item
        self.executions.start(item, script_for(connector, item.parameters))
        return item

    def update(self, item_id: str, change: ItemChange, *, triggered_by: str) -> ItemRecord:
        """Start another execution, with new credentials where given."""
        item = self.get(item_id)
        connector = self._connector(item.connector_id)
        self._refuse_early(item, change)
        details = connector.check(change.parameters, only_given=True)
        if details:
            raise bad_parameters(details)
        self._check_fresh_mfa(item, connector, change)
        merged = {**item.parameters, **change.parameters}
        script = script_for(connector, merged)
        self._refuse_other_person(item, merged, script)
        item.parameters = merged
        if change.products is not None:
            item.products = [one for one in connector.products if one in change.products]
            item.holds_back = True
        if change.client_user_id is not None:
            item.client_user_id = change.client_user_id
        if change.webhook_url is not None:
            item.webhook_url = change.webhook_url
        item.triggered_by, item.auto_sync = triggered_by, True
        item.authorising = bool(change.parameters)
        self.executions.start(item, script)
        return item

    def answer_mfa(self, item_id: str, values: Mapping[str, str]) -> ItemRecord:
        """Hand the MFA values to the waiting execution."""
        item = self.get(item_id)
        if item.execution_status == "LOGIN_MFA_IN_PROGRESS":
            raise ApiError(400, "MFA was already provided", "ITEM_MFA_ALREADY_PROVIDED")
        if item.execution_status == "USER_INPUT_TIMEOUT":
            raise ApiError(400, "MFA has expired", "ITEM_MFA_EXPIRED")
        if item.status != "WAITING_USER_INPUT" or item.parameter is None:
            raise ApiError(404, "The item is not waiting for MFA", "ITEM_MFA_NOT_FOUND")
        if set(values) != {item.parameter["name"]}:
            text = f"Expected the parameter {item.parameter['name']}"
            raise ApiError(400, text, "ITEM_MFA_PARAMETER_EXPECTED_MISMATCH")
        self.executions.answer(item, values)
        return item

    def stop_auto_sync(self, item_id: str) -> ItemRecord:
        """Turn auto-sync off until the client updates the item again."""
        item = self.get(item_id)
        item.auto_sync, item.next_auto_sync_at = False, None
        item.updated_at = self.settings.clock()
        self.state.changed()
        return item

    def delete(self, item_id: str) -> None:
        """Remove the item and all of its data."""
        item = self.get(item_id)
        self.executions.stop(item.id)
        self.ledgers.close(item)
        self.consents.forget(item)
        del self.state.items[item.id]
        self.state.changed()
        self.hooks.item("item/deleted", item)

    def _connector(self, connector_id: int) -> Connector:
        connector = self.catalogue.get(connector_id)
        if connector is None:
            raise not_found("connector")
        if self.catalogue.status(connector_id) == "OFFLINE":
            raise ApiError(400, f"Connector {connector.name} is offline", "CONNECTOR_OFFLINE")
        return connector

    def _refuse_duplicates(self, connector: Connector, parameters: Mapping[str, str]) -> None:
        same = [
            item.id
            for item in self.state.items.values()
            if item.connector_id == connector.id
            and login_of(item.parameters) == login_of(parameters)
        ]
        if same:
            text = "An item with the same credentials already exists"
            raise ApiError(400, text, "ITEM_USER_ALREADY_EXISTS", {"items": same})

    def _refuse_early(self, item: ItemRecord, change: ItemChange) -> None:
        now = self.settings.clock()
        if self.executions.running(item.id):
            status, code = self.settings.already_updating
            raise ApiError(status, "The item is already being updated", code)
        if item.status == "LOGIN_ERROR":
            if not change.parameters:
                text = "The last execution had a login error, provide new parameters"
                raise ApiError(400, text, "LAST_EXECUTION_HAD_LOGIN_ERROR")
            self._refuse_backoff(item, now)
        if item.failed_runs > self.settings.max_failed_runs:
            text = "The item had too many consecutive errors"
            raise ApiError(400, text, "TOO_MANY_CONSECUTIVE_ERRORS")
        hours = self.settings.min_update_frequency_hours
        updated = item.last_updated_at
        if hours and updated is not None and now < updated + timedelta(hours=hours):
            data = {"minUpdateFrequencyAllowedInHours": hours, "lastUpdatedAt": instant(updated)}
            raise ApiError(
                409,
                "The item was updated before the allowed frequency",
                "CLIENT_IS_UPDATING_BEFORE_ALLOWED_FREQUENCY",
                {"data": data},
            )

    def _refuse_backoff(self, item: ItemRecord, now: datetime) -> None:
        backoff, ended = self.settings.login_backoff, item.last_run_ended_at
        if item.failed_logins < self.settings.max_failed_logins or ended is None:
            return
        if now < ended + backoff:
            data = {
                "readableBackoffTime": f"{int(backoff.total_seconds() // 60)} minutes",
                "maxConsecutiveFailedLoginAttempts": self.settings.max_failed_logins,
                "lastExecutionEndedAt": instant(ended),
                "canRetryAfterDate": instant(ended + backoff),
            }
            text = "Too many consecutive login failures"
            raise ApiError(400, text, "TOO_MANY_CONSECUTIVE_LOGIN_FAILURES", {"data": data})

    def _check_fresh_mfa(self, item: ItemRecord, connector: Connector, change: ItemChange) -> None:
        for rule in connector.credentials:
            if not rule.mfa:
                continue
            given = change.parameters.get(rule.name)
            if given is None:
                detail = Detail(rule.name, f"{rule.name} is required")
                raise ApiError(
                    400,
                    f"A fresh value of {rule.name} is required",
                    "CONNECTOR_REQUIRED_PARAMETER_VALIDATION_ERROR",
                    {"data": {"parameter": rule.name}, "details": [detail.shape()]},
                )
            if given == item.parameters.get(rule.name) and not self.settings.mfa_value_may_repeat:
                text = f"The value of {rule.name} was already used"
                raise ApiError(400, text, "MFA_PARAMERTER_WAS_ALREADY_USED_ERROR")

    def _refuse_other_person(
        self, item: ItemRecord, parameters: Mapping[str, str], script: Script
    ) -> None:
        good = script.outcome in {"SUCCESS", "PARTIAL_SUCCESS"}
        if item.collected_user is None or not good:
            return
        if not same_person(login_of(parameters), item.collected_user):
            text = "The item was connected with a different account"
            raise ApiError(400, text, "ITEM_ORIGINAL_CONNECTED_WITH_DIFFERENT_ACCOUNT")
