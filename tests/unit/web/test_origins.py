import pytest

from tomada.web.origins import origins_of


def test_in_production_there_is_one_origin_and_its_host() -> None:
    ours = origins_of("https://bank.example", development=False)

    assert ours.own_origin("https://bank.example")
    assert ours.own_host("bank.example")
    assert ours.own_host("BANK.example:443")
    assert ours.secure


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://bank.example",
        "https://bank.example:8443",
        "https://bank.example/",
        "https://bank.example.evil.example",
        "https://evil.example",
        "https://www.bank.example",
        "HTTPS://BANK.EXAMPLE",
        "https://bank.example, https://evil.example",
        "https://localhost",
    ],
)
def test_an_origin_is_ours_exactly_or_not_at_all(origin: str | None) -> None:
    assert not origins_of("https://bank.example", development=True).own_origin(origin)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "bank.example:80", "localhost", "bank.example."]
)
def test_a_host_is_ours_exactly_or_not_at_all(host: str) -> None:
    assert not origins_of("https://bank.example", development=True).own_host(host)


def test_in_development_this_machine_has_three_names() -> None:
    ours = origins_of("http://localhost:8600", development=True)

    for name in ("localhost", "127.0.0.1", "[::1]"):
        assert ours.own_host(f"{name}:8600")
        assert ours.own_origin(f"http://{name}:8600")
        assert not ours.own_host(name)
        assert not ours.own_origin(f"http://{name}")
    assert not ours.secure


def test_in_production_this_machine_has_the_name_it_was_given() -> None:
    ours = origins_of("http://localhost:8600", development=False)

    assert ours.own_host("localhost:8600")
    assert not ours.own_host("127.0.0.1:8600")
    assert not ours.own_origin("http://127.0.0.1:8600")
