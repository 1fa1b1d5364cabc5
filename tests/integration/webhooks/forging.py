"""Making deliveries that are not Pluggy's, of every kind that is known."""

import base64
import gzip
import hashlib
import json
import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.integration.webhooks.door import Door, Pairs
from tests.integration.webhooks.samples import TYPES, sample
from tests.integration.webhooks.signing import CURRENT, HEADER, TIME, mac, signed, stamp

PLUGGY = "177.71.238.212"


@dataclass(frozen=True, slots=True)
class Forgery:
    """One request, and how it is refused where not like all others."""

    body: bytes | list[bytes]
    headers: Pairs
    path: str = "/api/webhooks/pluggy"
    status: int = 403


@dataclass(slots=True)
class Forger:
    """Knows a door's secrets and is careful never to prove anything with them."""

    door: Door
    rng: random.Random
    previous: str = ""

    @property
    def name(self) -> str:
        return self.door.app.settings.webhook_header

    @property
    def secret(self) -> str:
        return self.door.secret

    def body(self) -> bytes:
        return json.dumps(sample(self.rng.choice(TYPES))).encode()

    def other(self) -> str:
        return self.rng.randbytes(32).hex()

    def bearing(self, secret: str) -> Forgery:
        return Forgery(self.body(), [(self.name, secret)])

    def claiming(self, *headers: tuple[str, str]) -> Forgery:
        """Claim an address, without any secret or with a wrong one."""
        secret = self.rng.choice([[], [(self.name, self.other())]])
        return Forgery(self.body(), [*headers, *secret])

    # Kinds of the secret.

    def f01_no_secret(self) -> Forgery:
        return Forgery(self.body(), self.rng.choice([[], [(self.name, "")], [(self.name, " ")]]))

    def f02_wrong_secret(self) -> Forgery:
        return self.bearing(self.other())

    def f03_one_bit_changed(self) -> Forgery:
        raw = bytearray(self.secret.encode())
        raw[self.rng.randrange(len(raw))] ^= 1 << self.rng.randrange(7)
        return self.bearing(raw.decode("latin-1"))

    def f04_a_part_of_the_secret(self) -> Forgery:
        n = self.rng.randrange(1, len(self.secret))
        parts = [
            self.secret[:n],
            self.secret[n:],
            self.secret + self.other()[:n],
            "0" + self.secret,
        ]
        return self.bearing(self.rng.choice(parts))

    def f05_in_another_header(self) -> Forgery:
        names = ["Authorization", "X-Api-Key", "X-Webhook-Key", f"X-{self.name}", "Cookie"]
        value = self.rng.choice(
            [self.secret, f"Bearer {self.secret}", f"{self.name}={self.secret}"]
        )
        return Forgery(self.body(), [(self.rng.choice(names), value)])

    def f06_two_secret_headers(self) -> Forgery:
        both = [(self.name, self.secret), (self.name.lower(), self.other())]
        self.rng.shuffle(both)
        return Forgery(self.body(), self.rng.choice([both, [both[0], both[0]], both * 2]))

    def f07_previous_secret_after_its_time(self) -> Forgery:
        return self.bearing(self.previous)

    def f08_another_installations_secret(self) -> Forgery:
        return self.bearing(hashlib.sha256(self.other().encode()).hexdigest())

    def f09_another_webhook(self) -> Forgery:
        locator = self.rng.choice([self.other()[:40], "pluggy", "%00", self.secret])
        return Forgery(self.body(), [(self.name, self.secret)], f"/api/webhooks/pluggy/{locator}")

    # Kinds of the address.

    def f10_pluggys_address_claimed(self) -> Forgery:
        return self.claiming(("X-Forwarded-For", PLUGGY))

    def f11_pluggys_address_anywhere_in_a_chain(self) -> Forgery:
        hops = [f"10.{self.rng.randrange(256)}.0.{n}" for n in range(self.rng.randrange(1, 9))]
        hops.insert(self.rng.randrange(len(hops) + 1), PLUGGY)
        return self.claiming(("X-Forwarded-For", ", ".join(hops)))

    def f12_other_headers_of_proxies(self) -> Forgery:
        names = ["Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP"]
        value = self.rng.choice([PLUGGY, f"for={PLUGGY}", f'for="{PLUGGY}";proto=https'])
        return self.claiming((self.rng.choice(names), value))

    def f13_other_ways_to_write_it(self) -> Forgery:
        forms = [f"::ffff:{PLUGGY}", f"[::ffff:{PLUGGY}]:443", "::ffff:b147:eed4", f"{PLUGGY}:443",
                 f"0:0:0:0:0:ffff:{PLUGGY}", "64:ff9b::b147:eed4", "2974281428"]  # fmt: skip
        return self.claiming(("X-Forwarded-For", self.rng.choice(forms)))


@dataclass(slots=True)
class Counterfeiter(Forger):
    """The same at a door that asks for a signature too; the secret is right each time."""

    @property
    def now(self) -> Any:
        return self.door.app.clock()

    def sent(self, body: bytes, signature: str | None, at: str | None = None) -> Forgery:
        at = at or stamp(self.now)
        headers = [(self.name, self.secret), (TIME, at)]
        return Forgery(body, headers if signature is None else [*headers, (HEADER, signature)])

    def f14_no_signature(self) -> Forgery:
        return self.sent(self.body(), self.rng.choice([None, "", "sha256="]))

    def f15_signature_of_another_body(self) -> Forgery:
        return self.sent(self.body(), f"sha256={mac(self.body(), stamp(self.now))}")

    def f16_body_written_anew(self) -> Forgery:
        body = self.body()
        written = json.dumps(json.loads(body), indent=self.rng.choice([1, 2, 4])).encode()
        return self.sent(written, f"sha256={mac(body, stamp(self.now))}")

    def f17_signature_of_a_part(self) -> Forgery:
        body = self.body()
        part = body[: self.rng.randrange(len(body))]
        return self.sent(body, f"sha256={mac(part, stamp(self.now))}")

    def f18_the_signature_written_otherwise(self) -> Forgery:
        body = self.body()
        text = mac(body, stamp(self.now))
        raw = bytes.fromhex(text)
        forms = [
            text, f"sha256={text.upper()}", f"SHA256={text}", f"sha256= {text}", f"sha1={text}",
            f"sha256={base64.b64encode(raw).decode()}", f"sha256={text[:-1]}", f"sha256={text}00",
            f"sha256={' '.join(text[n : n + 2] for n in range(0, 64, 2))}", f"sha256=0x{text}",
            f"sha256={base64.urlsafe_b64encode(raw).decode()}", f"sha256={text};sha256={text}",
        ]  # fmt: skip
        return self.sent(body, self.rng.choice(forms))

    def f19_old_timestamp(self) -> Forgery:
        late = timedelta(seconds=self.rng.choice([301, 302, 600, 86_400, 10**9]))
        return self.stamped(late)

    def f20_timestamp_of_the_future(self) -> Forgery:
        return self.stamped(timedelta(seconds=-self.rng.choice([61, 62, 300, 86_400, 10**9])))

    def stamped(self, late: timedelta) -> Forgery:
        body, at = self.body(), stamp(self.now, late=late)
        return self.sent(body, f"sha256={mac(body, at)}", at)

    def f22_a_replay_under_another_id(self) -> Forgery:
        body = self.body()
        other = json.dumps(json.loads(body) | {"eventId": self.other()[:36]}).encode()
        return self.sent(other, f"sha256={mac(body, stamp(self.now))}")

    def f23_another_algorithm(self) -> Forgery:
        body, at = self.body(), stamp(self.now)
        kind = self.rng.choice([hashlib.sha1, hashlib.md5, hashlib.sha512, hashlib.sha384])
        label = self.rng.choice(["sha256", kind().name, "none", "alg=none;sha256"])
        return self.sent(body, f"{label}={mac(body, at, digest=kind)}")

    def f24_empty_key(self) -> Forgery:
        body, at = self.body(), stamp(self.now)
        key = self.rng.choice(["", "\0" * 64, "0", "None", "null", CURRENT[:-1], CURRENT + "\0"])
        # A key of zero bytes is padded with them, so the one with a zero at its end is the same.
        if key.endswith("\0") and key.strip("\0") == CURRENT:
            key = key.strip("\0") + "0"
        return self.sent(body, f"sha256={mac(body, at, secret=key)}")

    def f25_other_bytes_of_the_same_text(self) -> Forgery:
        text = json.dumps(sample("item/error") | {"note": "ação e coração"}, ensure_ascii=False)
        body = text.encode()
        forms = [b"\xef\xbb\xbf" + body, unicodedata.normalize("NFD", text).encode(),
                 text.encode("latin-1", "replace"), body + b"\n", b" " + body]  # fmt: skip
        return self.sent(self.rng.choice(forms), f"sha256={mac(body, stamp(self.now))}")

    def f26_more_than_a_body_may_have(self) -> Forgery:
        key = self.rng.choice([[], [(self.name, self.other())]])
        size = 1024 * self.rng.randrange(1, 64)
        chunks = [b" " * size] * (64 * 1024 // size + 1)
        return Forgery(chunks, key, status=413)

    def f27_compressed(self) -> Forgery:
        body = self.body()
        packed = gzip.compress(body)
        encoding = self.rng.choice(["gzip", "deflate", "br", "GZIP", "gzip, identity", "x"])
        headers = [(self.name, self.secret), *signed(packed, self.now)]
        return Forgery(packed, [*headers, ("Content-Encoding", encoding)], status=415)


def kinds(forger: Forger) -> Iterator[Callable[[], Forgery]]:
    for name in sorted(dir(forger)):
        if name[0] == "f" and name[1:3].isdigit():
            yield getattr(forger, name)
