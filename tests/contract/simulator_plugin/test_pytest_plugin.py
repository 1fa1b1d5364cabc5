"""The `pluggy_simulator` fixture in somebody else's test suite."""

import pytest

pytest_plugins = ["pytester"]

_LOGIN = """
    import json, urllib.request

    def ask(simulator, path, body=None, key=None):
        request = urllib.request.Request(
            simulator.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **({"X-API-KEY": key} if key else {})},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def log_in(simulator):
        keys = {"clientId": simulator.client_id, "clientSecret": simulator.client_secret}
        return ask(simulator, "/auth", keys)["apiKey"]

    def connect(simulator, key):
        login = {"user": "user-ok", "password": "password-ok"}
        made = ask(simulator, "/items", {"connectorId": 613, "parameters": login}, key)
        simulator.settle()
        return made["id"]
"""


def test_a_test_gets_a_pluggy_of_its_own_and_can_be_the_bank(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        pluggy_calls=_LOGIN,
        test_shop="""
            from pluggy_calls import ask, connect, log_in

            def test_a_purchase_reaches_the_shop(pluggy_simulator):
                key = log_in(pluggy_simulator)
                item_id = connect(pluggy_simulator, key)
                row = pluggy_simulator.do(lambda world: world.purchase(item_id))
                found = ask(pluggy_simulator, f"/transactions/{row.id}", key=key)
                assert found["description"] == row.description

            def test_the_next_test_finds_an_empty_world(pluggy_simulator):
                assert ask(pluggy_simulator, "/_simulator/state")["items"] == []
        """,
    )

    done = pytester.runpytest_subprocess("-q")

    done.assert_outcomes(passed=2)


def test_one_simulator_can_serve_the_whole_session(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\npluggy_simulator_scope = session")
    pytester.makeconftest(
        """
        import pytest
        from tomada.simulator import SimulatorSettings

        @pytest.fixture(scope="session")
        def pluggy_simulator_settings():
            return SimulatorSettings(seed=7, client_id="5b3c0b1e-7a54-4c1b-9d0e-70dada00abcd")
        """
    )
    pytester.makepyfile(
        pluggy_calls=_LOGIN,
        test_one="""
            from pluggy_calls import connect, log_in

            def test_connects(pluggy_simulator):
                assert pluggy_simulator.client_id.endswith("abcd")
                connect(pluggy_simulator, log_in(pluggy_simulator))
        """,
        test_two="""
            from pluggy_calls import ask

            def test_finds_it_and_cleans_up(pluggy_simulator, monkeypatch):
                assert len(ask(pluggy_simulator, "/_simulator/state")["items"]) == 1
                pluggy_simulator.reset()
                assert ask(pluggy_simulator, "/_simulator/state")["items"] == []
                for name, value in pluggy_simulator.environment.items():
                    monkeypatch.setenv(name, value)
        """,
    )

    done = pytester.runpytest_subprocess("-q")

    done.assert_outcomes(passed=2)


def test_a_scope_that_is_none_is_explained(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\npluggy_simulator_scope = forever")
    pytester.makepyfile("def test_one(pluggy_simulator): ...")

    done = pytester.runpytest_subprocess("-q")

    assert done.ret != 0
    text = done.stdout.str() + done.stderr.str()
    assert "pluggy_simulator_scope must be one of function, class, module" in text


def test_a_run_that_does_not_use_it_does_not_import_the_simulator(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_light():
            assert "tomada.pytest_plugin" in sys.modules
            assert "tomada.simulator" not in sys.modules
        """
    )

    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)
