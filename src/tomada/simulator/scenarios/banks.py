"""The verbs of connections: connect, run, answer, consents, time, disturbances."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from tomada.simulator.faults_modes import fault_of
from tomada.simulator.items import NewItem
from tomada.simulator.refusals import invalid
from tomada.simulator.sandbox import MFA_TOKEN, PASSWORD, Script
from tomada.simulator.scenarios.language import Step
from tomada.simulator.scenarios.stage import Stage
from tomada.simulator.state import ItemRecord

_BANK = 613
# Nobody listens on the discard port.
_NOWHERE = "http://127.0.0.1:9/moved"
# Real seconds a run may take before a play gives up.
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True, repr=False)
class BankVerbs:
    """Do what a step says about a bank."""

    stage: Stage

    async def connect(self, step: Step) -> None:
        """Make an item, unless the play was given one for this name."""
        if step.main not in self.stage.banks:
            new = NewItem(
                connector_id=step.get("connector", _BANK),
                parameters={"user": step.get("user", "user-ok"), "password": PASSWORD},
                products=step.get("products"),
                client_user_id=step.get("person"),
            )
            item = self.stage.world.items.create(new, triggered_by="CLIENT")
            self.stage.banks[step.main] = item.id
        await self._ended(self.stage.item(step.main))

    async def reconnect(self, step: Step) -> None:
        """Make a second item of the same login."""
        old = self.stage.item(step.get("from"))
        if step.main not in self.stage.banks:
            new = NewItem(
                connector_id=old.connector_id,
                parameters=old.parameters,
                products=old.products,
                client_user_id=step.get("person", old.client_user_id),
            )
            item = self.stage.world.items.create(new, triggered_by="CLIENT")
            self.stage.banks[step.main] = item.id
        if not step.get("keep", otherwise=False):
            self.stage.world.items.delete(old.id)
        await self._ended(self.stage.item(step.main))

    async def disconnect(self, step: Step) -> None:
        """Delete the item."""
        self.stage.world.items.delete(self.stage.item(step.main).id)

    async def run(self, step: Step) -> None:
        """Run as auto-sync does."""
        item, failed = self.stage.item(step.main), step.get("failed")
        if failed:
            item.triggered_by = "SYNC"
            script = Script(outcome="PARTIAL_SUCCESS", failed=tuple(failed))
            self.stage.world.executions.start(item, script)
        else:
            self.stage.world.run(item.id, outcome=step.get("outcome"))
        await self._ended(item)

    async def answer(self, step: Step) -> None:
        """Give the MFA value."""
        item = self.stage.item(step.main)
        name = (item.parameter or {}).get("name", "token")
        self.stage.world.items.answer_mfa(item.id, {name: step.get("token", MFA_TOKEN)})
        await self._ended(item)

    async def approve(self, step: Step) -> None:
        """Decide at the bank."""
        item = self.stage.item(step.main)
        self.stage.world.decide(item.id, approved=step.get("approved", otherwise=True))
        await self._ended(item)

    async def consent(self, step: Step) -> None:
        """Withdraw the consent, or say when it ends."""
        item = self.stage.item(step.main)
        consents = self.stage.world.consents.of(item.id)
        if not consents:
            raise invalid(f"the bank {step.main} gives no consents; use an Open Finance connector")
        if step.get("withdrawn", otherwise=False):
            self.stage.world.consents.withdraw(item)
        if step.get("ends") is not None:
            consents[-1].expires_at = self.stage.moment(step.get("ends"))
            self.stage.world.state.changed()

    async def wait(self, step: Step) -> None:
        """Move the clock."""
        await self.stage.world.clock.advance(step.main)

    async def fault(self, step: Step) -> None:
        """Put a fault in place."""
        given = dict(step.given) if "." in step.main else {"count": None, **step.given}
        self.stage.world.faults.add(fault_of(_called(step.main) | given))

    async def no_faults(self, _step: Step) -> None:
        """Remove the faults."""
        self.stage.world.faults.clear()

    async def hooks(self, step: Step) -> None:
        """Choose what becomes of events."""
        self.stage.world.hooks.set_mode(step.main, count=step.get("count"))

    async def registration(self, step: Step) -> None:
        """Let something become of the application's webhooks."""
        state = self.stage.world.state
        match step.main:
            case "deleted":
                state.webhooks.clear()
            case "disabled":
                for hook in state.webhooks.values():
                    hook.disabled_at = self.stage.world.clock()
            case "moved":
                for hook in state.webhooks.values():
                    hook.url = _NOWHERE
            case _:
                for hook in state.webhooks.values():
                    hook.headers = {}
        state.changed()

    async def health(self, step: Step) -> None:
        """Change an institution's health."""
        self.stage.world.set_health(step.get("connector"), step.main)

    async def use_up_quota(self, step: Step) -> None:
        """Use the month up."""
        self.stage.world.quotas.use_up(self.stage.item(step.main))

    async def _ended(self, item: ItemRecord) -> None:
        """Wait until the run is over or waits for the person."""
        world = self.stage.world
        if world.clock.still:
            await world.clock.settle()
            while item.status == "UPDATING" and world.executions.running(item.id):
                await world.clock.advance(timedelta(seconds=world.settings.bank_delay))
            return
        async with asyncio.timeout(_PATIENCE):
            while item.status == "UPDATING" and world.executions.running(item.id):  # noqa: ASYNC110  it ends in many ways
                await asyncio.sleep(0.01)


def _called(name: str) -> dict[str, str]:
    """Tell a mode (`P04.nan`) from an effect (`nan`)."""
    return {"mode": name} if "." in name else {"effect": name}
