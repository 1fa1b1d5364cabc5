import json

import pytest

from tomada.domain import errors
from tomada.domain.errors import (
    AlreadyConnectedError,
    ConfirmationRequiredError,
    InvalidInputError,
    ProviderError,
    RefreshRefusedError,
    RoleRequiredError,
    SecondFactorRequiredError,
    StepUpRequiredError,
    TomadaError,
    TooManyAttemptsError,
)
from tomada.web.errors import problem_of


def kinds() -> list[type[TomadaError]]:
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, TomadaError)
    ]


def an_error(kind: type[TomadaError]) -> TomadaError:
    if kind is TooManyAttemptsError:
        return TooManyAttemptsError(7)
    if kind is AlreadyConnectedError:
        return AlreadyConnectedError("item")
    if kind is ConfirmationRequiredError:
        return ConfirmationRequiredError("item", "Banco")
    if kind is RefreshRefusedError:
        return RefreshRefusedError("cooldown", None)
    if kind in (StepUpRequiredError, RoleRequiredError, SecondFactorRequiredError):
        return kind()
    return kind("a sentence")


@pytest.mark.parametrize("kind", kinds())
def test_every_error_has_a_problem_with_all_members(kind: type[TomadaError]) -> None:
    response = problem_of(an_error(kind)).response({"state": {"request_id": "r1"}})

    body = json.loads(bytes(response.body))
    assert response.media_type == "application/problem+json"
    assert 400 <= response.status_code < 600
    assert body["status"] == response.status_code
    assert body["code"] == kind.code
    assert body["type"] == f"urn:tomada:problem:{kind.code}"
    assert body["instance"] == "urn:tomada:request:r1"
    assert body["title"] == body["error"] != ""


@pytest.mark.parametrize(
    ("status", "error"), [(401, "Unauthorized"), (403, "Forbidden"), (404, "Not Found")]
)
def test_the_member_error_is_what_the_guide_reads(status: int, error: str) -> None:
    told = {
        (problem.status, json.loads(bytes(problem.response({}).body))["error"])
        for problem in (problem_of(an_error(kind)) for kind in kinds())
    }

    assert (status, error) in told


def test_what_can_be_tried_again_says_when() -> None:
    for error, wait in (
        (TooManyAttemptsError(7), "7"),
        (ProviderError("no answer", retry_after=12), "12"),
        (errors.StoreUnavailableError("no answer"), "30"),
        (errors.KeyUnavailableError("no key"), "30"),
    ):
        problem = problem_of(error)

        assert problem.headers["Retry-After"] == wait
        assert problem.status in (429, 503)


def test_the_provider_without_a_word_when_is_a_bad_gateway() -> None:
    problem = problem_of(ProviderError("no answer"))

    assert (problem.status, dict(problem.headers)) == (502, {})


def test_a_wrong_field_is_named() -> None:
    problem = problem_of(InvalidInputError("cannot be", field="from"))

    assert problem.more["errors"] == [{"field": "from", "message": "cannot be"}]


def test_an_error_of_no_kind_tells_nothing() -> None:
    assert "secret" not in problem_of(TomadaError("secret")).detail
