"""The signature of AWS's own published example, and credentials as containers are given them."""

from datetime import UTC, datetime

import pytest
from aiohttp import web

from tests.contract.kms.conftest import _no_pause
from tomada.adapters.kms.asking import Asking
from tomada.adapters.kms.aws_credentials import AwsCredentials
from tomada.adapters.kms.sigv4 import Credentials, Request, signed
from tomada.domain.errors import KeyUnavailableError


def test_the_published_example_is_signed_as_published() -> None:
    request = Request(
        "GET",
        {"Host": "iam.amazonaws.com",
         "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
        b"",
        query="Action=ListUsers&Version=2010-05-08",
    )  # fmt: skip
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

    headers = signed(
        request, credentials, region="us-east-1", service="iam",
        at=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )  # fmt: skip

    assert headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request,"
        " SignedHeaders=content-type;host;x-amz-date,"
        " Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )


async def test_a_containers_credentials_are_fetched_and_fetched_anew_before_they_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, asked = datetime(2026, 11, 23, 12, tzinfo=UTC), 0

    async def give(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        assert request.headers["Authorization"] == "let me in"
        return web.json_response(
            {"AccessKeyId": f"A{asked}", "SecretAccessKey": "s", "Token": "t",
             "Expiration": "2026-11-23T13:00:00Z"}
        )  # fmt: skip

    app = web.Application()
    app.router.add_get("/credentials", give)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    place = f"http://127.0.0.1:{runner.addresses[0][1]}/credentials"
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", place)
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let me in")
    credentials = AwsCredentials(lambda: now, Asking(sleep=_no_pause))

    first, again = await credentials.get(), await credentials.get()
    now = datetime(2026, 11, 23, 12, 56, tzinfo=UTC)
    later = await credentials.get()
    await runner.cleanup()
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    with pytest.raises(KeyUnavailableError, match="no AWS credentials"):
        await AwsCredentials(lambda: now, Asking(sleep=_no_pause)).get()

    assert (first.access_key, again.access_key, later.access_key) == ("A1", "A1", "A2")
