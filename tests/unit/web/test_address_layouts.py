"""Two hundred ways to write where a request comes from, and what each means."""

import random
from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network

from tomada.web.addresses import client_address

PLUGGY = "177.71.238.212"
STRANGER = "203.0.113.9"
TRUSTED = (ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48"))
GARBAGE = (
    "unknown", "_hidden", "", "<script>", "1" * 10_000, "198.51.100", "1.2.3.4.5", "0x7f.1",
    "for=1.2.3.4", "\u0661\u0662\u0667.\u0660.\u0660.\u0661", "1.2.3.4:x", "[::1]x", "1.2.3.4;", "::ffff:", "[::1", "ff02::g", "127.1", " ", "\x00",
    "1.2.3.4\t5",
)  # fmt: skip


def _written(address: str, rng: random.Random) -> str:
    """Write one address in one of the ways proxies do."""
    if ip_address(address).version == 6:
        forms = [address, f"[{address}]", f"[{address}]:443", address.upper(), f"  {address} "]
    else:
        forms = [
            address,
            f"{address}:443",
            f"::ffff:{address}",
            f"[::ffff:{address}]:1",
            f" {address}  ",
        ]
    return rng.choice(forms)


def _split(hops: Sequence[str], rng: random.Random) -> list[str]:
    """Lay hops out over one header or over several."""
    headers: list[list[str]] = [[]]
    for hop in hops:
        if headers[-1] and rng.random() < 0.4:
            headers.append([])
        headers[-1].append(hop)
    return [rng.choice([",", ", ", " , "]).join(one) for one in headers]


def _address(rng: random.Random, *, trusted: bool) -> str:
    if trusted:
        return rng.choice([f"10.{rng.randrange(256)}.0.1", f"2001:db8:ffff::{rng.randrange(1, 9)}"])
    return rng.choice(
        [f"198.51.100.{rng.randrange(256)}", f"2001:db8:1::{rng.randrange(1, 9)}", PLUGGY]
    )


def layouts() -> Iterator[tuple[str, list[str], str]]:
    """Give peer, headers, and who the client is."""
    rng = random.Random(200)
    for n in range(50):
        # Not behind a proxy of ours: nothing that is written counts.
        hops = [_written(_address(rng, trusted=rng.random() < 0.5), rng) for _ in range(n % 7)]
        peer = rng.choice([STRANGER, "2001:db8:1::5", "127.0.0.1", "::1"])
        yield peer, _split([*hops, PLUGGY], rng), peer
    for _ in range(70):
        # Strangers' inventions, the client, then proxies of ours.
        invented = [
            _written(_address(rng, trusted=rng.random() < 0.5), rng)
            for _ in range(rng.randrange(6))
        ]
        client = _address(rng, trusted=False)
        ours = [_written(_address(rng, trusted=True), rng) for _ in range(rng.randrange(4))]
        hops = [*invented, _written(client, rng), *ours]
        yield _address(rng, trusted=True), _split(hops, rng), client
    for _ in range(60):
        # Garbage: what our proxy wrote left of it is not known, so the proxy itself is the client.
        ours = [_address(rng, trusted=True) for _ in range(rng.randrange(4))]
        peer = _address(rng, trusted=True)
        hops = [PLUGGY, rng.choice(GARBAGE), *(_written(one, rng) for one in ours)]
        yield peer, _split(hops, rng), ours[0] if ours else peer
    for n in range(20):
        # Nobody but ours, or nobody at all.
        ours = [_address(rng, trusted=True) for _ in range(n % 5)]
        peer = _address(rng, trusted=True)
        yield (
            peer,
            _split([_written(one, rng) for one in ours], rng) if ours else [],
            (ours or [peer])[0],
        )


def test_of_two_hundred_layouts_each_gives_the_client_it_should() -> None:
    every = list(layouts())

    wrong = [
        (peer, headers, client, found)
        for peer, headers, client in every
        if (found := client_address(peer, headers, trusted=TRUSTED)) != client
    ]

    assert wrong == []
    assert len(every) == 200
    # Without trusted proxies every one of them is its peer.
    assert {client_address(peer, headers, trusted=()) == peer for peer, headers, _ in every} == {
        True
    }
