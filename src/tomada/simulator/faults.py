"""The rules by which answers and events go wrong: what they meet, how often, and counted.

A rule says which requests or events it means, lets *skip* of them pass, then fires with *chance*
(drawn from the world's seed) until it has fired *count* times. `fired` is the proof that it did.
"""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import Any, Literal

from tomada.simulator.refusals import invalid
from tomada.simulator.settings import SimulatorSettings

Effect = Literal[
    # Answered without asking the API, or not at all.
    "status",
    "delay",
    "late",
    "hang",
    "drip",
    "close",
    "no_answer",
    # The allowance of the minute.
    "use_up",
    "halve_limit",
    # The bytes of the body.
    "truncate",
    "content_type",
    "wrong_length",
    "gzip_bomb",
    "bom",
    "nan",
    "duplicate_keys",
    "huge_number",
    "deep",
    "bad_utf8",
    "lone_surrogate",
    # What the body says.
    "new_enum",
    "new_field",
    "missing_field",
    "null_field",
    "string_for_number",
    "number_for_string",
    "next_loop",
    "next_foreign",
    "next_empty",
    "too_many",
    "stale",
    "flip",
    "shift_times",
    "equal_times",
    "hostile_text",
    "big_text",
]
EventEffect = Literal[
    "drop", "duplicate", "delay", "other_body", "unknown_event", "no_event_id", "lost_receipt"
]
# What a client meets before it has said anything; only where the simulator speaks TLS.
HandshakeEffect = Literal[
    "tls_expired", "tls_wrong_name", "tls_self_signed", "tls_1_1", "tls_reset", "tls_silent"
]


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule about requests.

    *status*, *body* and *headers* are of "status"; *seconds* of "delay" (before the API is asked),
    "late" (after it has acted), "hang", "drip" (between bytes) and "shift_times"; *size* is where
    "truncate" cuts, as how many requests "use_up" counts one, how many bytes "drip" sends at once, and how long "gzip_bomb" and "big_text"
    become; *key* is the field that the effects on fields change; *only_last* keeps "status" for the last
    page of a list.
    """

    method: str = "*"
    path: str = "*"
    effect: Effect
    # Requests that fit and are let through first.
    skip: int = 0
    # None goes on until the fault is removed.
    count: int | None = 1
    chance: float = 1.0
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    size: int | None = None
    key: str = ""
    only_last: bool = False
    id: str = ""
    seen: int = 0
    fired: int = 0

    def meets(self, method: str, path: str) -> bool:
        """Say whether a request is one of those meant."""
        spent = self.count is not None and self.fired >= self.count
        return not spent and self.method in {"*", method} and fnmatchcase(path, self.path)


@dataclass(slots=True, kw_only=True)
class EventFault:
    """One rule about deliveries of events; *times* is of "duplicate", *seconds* of "delay"."""

    event: str
    effect: EventEffect
    skip: int = 0
    count: int | None = 1
    chance: float = 1.0
    times: int = 2
    seconds: float = 0.0
    id: str = ""
    seen: int = 0
    fired: int = 0

    def meets(self, event: str) -> bool:
        """Say whether an event is one of those meant."""
        spent = self.count is not None and self.fired >= self.count
        return not spent and fnmatchcase(event, self.event)


@dataclass(slots=True, kw_only=True)
class HandshakeFault:
    """One rule about new connections; nobody knows yet what they will ask for."""

    effect: HandshakeEffect
    skip: int = 0
    count: int | None = 1
    chance: float = 1.0
    id: str = ""
    seen: int = 0
    fired: int = 0

    def meets(self) -> bool:
        """Say whether the next connection is one of those meant."""
        return self.count is None or self.fired < self.count


Rule = Fault | EventFault | HandshakeFault


@dataclass(slots=True, repr=False)
class FaultBox:
    """The faults of one world."""

    rng: Random
    # Whether there are handshakes to spoil.
    tls: bool = False
    faults: list[Rule] = field(default_factory=list)
    # Answers of before, for "stale": the first body given to each address.
    before: dict[str, bytes] = field(default_factory=dict)
    _given: int = 0

    @classmethod
    def of(cls, settings: SimulatorSettings) -> "FaultBox":
        """Make the empty box of a world that is to be like that."""
        rng = Random(f"{settings.seed}-faults")  # noqa: S311  a game of chance
        return cls(rng, tls=settings.tls_authority is not None)

    def add(self, fault: Rule) -> Rule:
        """Put a fault in place; the first that fits is the one that fires."""
        if isinstance(fault, HandshakeFault) and not self.tls:
            raise invalid("the simulator speaks plain HTTP here; start it with --tls")
        self._given += 1
        fault.id = f"fault-{self._given}"
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove every fault."""
        self.faults.clear()
        self.before.clear()

    def remove(self, fault_id: str) -> bool:
        """Remove one; False if there is none of that id."""
        left = [fault for fault in self.faults if fault.id != fault_id]
        found = len(left) < len(self.faults)
        self.faults[:] = left
        return found

    def take(self, method: str, path: str) -> Fault | None:
        """Find the fault that fires for this request and count it."""
        for fault in self.faults:
            if isinstance(fault, Fault) and fault.meets(method, path) and self._fires(fault):
                return fault
        return None

    def take_event(self, event: str) -> EventFault | None:
        """Find the fault that fires for this delivery and count it."""
        for fault in self.faults:
            if isinstance(fault, EventFault) and fault.meets(event) and self._fires(fault):
                return fault
        return None

    def take_handshake(self) -> HandshakeFault | None:
        """Find the fault that fires for this new connection and count it."""
        for fault in self.faults:
            if isinstance(fault, HandshakeFault) and fault.meets() and self._fires(fault):
                return fault
        return None

    def _fires(self, fault: Rule) -> bool:
        fault.seen += 1
        if fault.seen <= fault.skip:
            return False
        if fault.chance < 1 and self.rng.random() >= fault.chance:
            return False
        fault.fired += 1
        return True
