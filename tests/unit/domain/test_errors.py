import inspect

from tomada.domain import errors
from tomada.domain.errors import ProviderError, TomadaError, TooManyAttemptsError, UnavailableError


def _all() -> list[type[TomadaError]]:
    return [
        one
        for _, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, TomadaError)
    ]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [one.code for one in _all()]

    assert len(codes) > 10
    assert len(set(codes)) == len(codes)
    assert all(code == code.lower() and " " not in code for code in codes)


def test_the_tree_at_the_top_of_the_module_names_every_error() -> None:
    drawn = inspect.getdoc(errors) or ""

    assert [one.__name__ for one in _all() if one.__name__ not in drawn] == []


def test_errors_carry_what_a_caller_needs_as_data() -> None:
    waiting = TooManyAttemptsError(30)
    away = ProviderError("x", provider_code="rate_limited", retry_after=7)

    assert (waiting.retry_after, "30 s" in str(waiting)) == (30, True)
    assert (away.provider_code, away.retry_after) == ("rate_limited", 7)
    assert isinstance(away, UnavailableError)
