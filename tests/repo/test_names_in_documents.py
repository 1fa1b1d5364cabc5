"""What a document names exists: settings, commands, endpoints; and every endpoint is named."""

import importlib
import pkgutil
import re

from fastapi.routing import APIRoute, APIRouter

import tomada.web
from tests.repo.checkout import read, texts
from tomada.cli.app import COMMANDS
from tomada.setting_kinds import variables_of
from tomada.settings import Settings

SETTING = re.compile(r"\b(?:TOMADA|PLUGGY)_[A-Z][A-Z_]*[A-Z]\b|\bAPP_URL\b")
COMMAND = re.compile(r"(?:`|bin/)tomada ([a-z-]+)")
ENDPOINT = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`\s]*)`")
REFERENCE = "docs/reference/http-api.md"

# Read by Pluggy's own Node SDK, which the documents tell how to meet the simulator.
FOREIGN = {"PLUGGY_API_URL"}


def readable() -> set[str]:
    """Name every variable the settings are read from."""
    fields = Settings.model_fields
    return {variable for name in fields for variable in variables_of(name, fields[name])}


def unread(text: str, read_elsewhere: set[str]) -> set[str]:
    known = readable() | FOREIGN | read_elsewhere
    return {name for name in SETTING.findall(text) if name.removesuffix("_FILE") not in known}


def unknown_commands(text: str) -> set[str]:
    return set(COMMAND.findall(text)) - set(COMMANDS)


def nameless(path: str) -> str:
    """Forget what the parts of a path are called; the reference writes them as JSON does."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def endpoints(text: str) -> set[tuple[str, str]]:
    return {(method, nameless(path)) for method, path in ENDPOINT.findall(text)}


def served() -> set[tuple[str, str]]:
    """Collect the endpoints of the JSON API from its modules."""
    found: set[tuple[str, str]] = set()
    for module in pkgutil.iter_modules(tomada.web.__path__, "tomada.web."):
        router = getattr(importlib.import_module(module.name), "router", None)
        if isinstance(router, APIRouter):
            for route in router.routes:
                if isinstance(route, APIRoute):
                    found |= {(method, nameless(route.path)) for method in route.methods or ()}
    return found


def test_every_setting_in_a_document_is_read_by_the_program() -> None:
    code = {
        name for _, text in texts("src/tomada/*.py", "scripts/*") for name in SETTING.findall(text)
    }

    strangers = {name: unread(text, code) for name, text in texts("*.md")}

    assert {name: each for name, each in strangers.items() if each} == {}


def test_a_setting_nobody_reads_is_found() -> None:
    text = "Set `TOMADA_HOTS` or `TOMADA_HOST`, `PLUGGY_CLIENT_SECRET_FILE`, `APP_URL`."

    assert unread(text, set()) == {"TOMADA_HOTS"}


def test_every_command_in_a_document_is_there() -> None:
    strangers = {name: unknown_commands(text) for name, text in texts("*.md")}

    assert {name: each for name, each in strangers.items() if each} == {}


def test_a_command_that_is_not_there_is_found() -> None:
    text = "Run `tomada demo`, `tomada users add` or\n.venv/bin/tomada start\n"

    assert unknown_commands(text) == {"start"}


def test_the_reference_names_every_endpoint_and_no_other() -> None:
    named = endpoints(read(REFERENCE))

    assert named == served()
    assert ("POST", "/api/webhooks/pluggy") in named


def test_endpoints_are_compared_by_method_and_shape() -> None:
    text = "`GET /a/{itemId}` `POST /a` and `/b`"

    assert endpoints(text) == {("GET", "/a/{}"), ("POST", "/a")}
