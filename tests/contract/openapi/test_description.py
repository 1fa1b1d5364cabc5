"""The description of the API and what the API answers are the same thing."""

import os
import re
from pathlib import Path

import pytest

from tests.contract.openapi.schemathesis_run import run
from tests.integration.web.people import Person

# Two examples an operation take half a minute. More are asked for here, or a time to use up.
EXAMPLES = int(os.environ.get("TOMADA_SCHEMATHESIS_EXAMPLES", "2"))
SECONDS = os.environ.get("TOMADA_SCHEMATHESIS_SECONDS")


@pytest.mark.slow
@pytest.mark.timeout(300 + 10 * EXAMPLES + 2 * int(SECONDS or 0))
async def test_no_request_fails_here_and_no_answer_is_one_the_description_does_not_know(
    rita: Person, tmp_path: Path
) -> None:
    client = rita.client
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items()),
        "X-CSRF-Token": client.headers["X-CSRF-Token"],
        "Origin": rita.tomada.url,
        "Sec-Fetch-Site": "same-origin",
    }

    found = await run(rita.tomada.url, headers, tmp_path, examples=EXAMPLES, seconds=SECONDS)

    assert found.code == 0, found.words[-6000:]
    counted = re.search(r"(\d+) generated, (\d+) passed", found.words)
    assert counted is not None, found.words[-2000:]
    assert int(counted[1]) == int(counted[2]) > 200
    for phase in ("Coverage", "Fuzzing", "Stateful"):
        assert f"✅ {phase}" in found.words, phase
