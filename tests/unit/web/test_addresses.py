from ipaddress import ip_network

import pytest

from tomada.web.addresses import client_address

PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48"))
PLUGGY = "177.71.238.212"


@pytest.mark.parametrize("peer", ["203.0.113.9", "::1", "127.0.0.1"])
def test_without_trusted_proxies_the_peer_is_the_client(peer: str) -> None:
    assert client_address(peer, [PLUGGY], trusted=()) == peer


@pytest.mark.parametrize(
    "forwarded",
    [
        [PLUGGY],
        [f"{PLUGGY}, 10.0.0.2"],
        [f"{PLUGGY}, 203.0.113.9"],
        [f"10.0.0.1, {PLUGGY}"],
        [PLUGGY, PLUGGY],
    ],
)
def test_a_header_from_a_stranger_is_never_believed(forwarded: list[str]) -> None:
    assert client_address("203.0.113.9", forwarded, trusted=PROXIES) == "203.0.113.9"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ([], "10.0.0.1"),
        (["198.51.100.7"], "198.51.100.7"),
        (["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        (["198.51.100.7", "10.0.0.2"], "198.51.100.7"),
        ([f"{PLUGGY}, 198.51.100.7"], "198.51.100.7"),
        ([f"{PLUGGY}, 198.51.100.7, 10.0.0.2, 10.0.0.3"], "198.51.100.7"),
        ([PLUGGY, "198.51.100.7"], "198.51.100.7"),
        (["198.51.100.7:4711"], "198.51.100.7"),
        (["[2001:db8::7]:4711"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["::ffff:198.51.100.7"], "198.51.100.7"),
        (["  198.51.100.7  "], "198.51.100.7"),
        (["198.51.100.7, 2001:db8:ffff::1"], "198.51.100.7"),
    ],
)
def test_behind_trusted_proxies_the_walk_stops_at_the_first_stranger(
    forwarded: list[str], client: str
) -> None:
    assert client_address("10.0.0.1", forwarded, trusted=PROXIES) == client


@pytest.mark.parametrize(
    "garbage",
    ["", "unknown", "_hidden", "198.51.100", "198.51.100.7.8", "<script>", "1" * 10_000, "[::1"],
)
def test_garbage_ends_the_walk_at_the_proxy_that_wrote_it(garbage: str) -> None:
    walked = client_address("10.0.0.1", [f"{PLUGGY}, {garbage}"], trusted=PROXIES)

    assert walked == "10.0.0.1"


def test_a_mapped_peer_is_the_ipv4_proxy_that_it_is() -> None:
    assert client_address("::ffff:10.0.0.1", ["198.51.100.7"], trusted=PROXIES) == "198.51.100.7"


def test_a_chain_of_thousands_is_not_walked_to_its_end() -> None:
    chain = ", ".join([PLUGGY] + ["10.0.0.2"] * 5_000)

    assert client_address("10.0.0.1", [chain], trusted=PROXIES) == "10.0.0.2"


@pytest.mark.parametrize("peer", [None, "", "/run/tomada.sock"])
def test_a_peer_without_an_address_is_not_a_trusted_one(peer: str | None) -> None:
    assert client_address(peer, [PLUGGY], trusted=PROXIES) != PLUGGY
