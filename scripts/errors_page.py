"""Write docs/reference/errors.md from the errors themselves: `python scripts/errors_page.py`."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import tomada.web.app
from tomada.domain.errors import TomadaError
from tomada.web.errors import status_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "errors.md"
_PACKAGES = tuple(f"tomada.{name}." for name in ("adapters", "domain", "services", "store", "web"))
_HEAD = """\
# Errors

Every failure is answered in one shape, the problem details of [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457):

```json
{"type": "urn:tomada:problem:consent_required", "title": "Forbidden", "status": 403,
 "detail": "agree to the reading of this bank first", "instance": "urn:tomada:request:5b0c…",
 "code": "consent_required", "error": "Forbidden"}
```

`code` is stable and what a program looks at. `error` is what products written for the original guide read. `instance` is the id under which
the log has the request. Where coming back later is right, `Retry-After` says when. This page is written from the code.

| `code` | Status | Means |
|---|---|---|
"""


def page() -> str:
    """Write the page."""
    rows = dict(_of_the_domain())
    for code, row in _of_the_edge():
        rows.setdefault(code, row)
    return _HEAD + "".join(rows[code] for code in sorted(rows))


def _of_the_domain() -> Iterator[tuple[str, str]]:
    # An error that no module imported yet would be missing, and stand there the next time.
    for name in _PACKAGES:
        where = importlib.import_module(name.rstrip("."))
        for found in pkgutil.walk_packages(where.__path__, name):
            # Migrations run within their tool alone.
            if ".migrations." not in found.name:
                importlib.import_module(found.name)
    kinds = [TomadaError]
    for kind in kinds:
        # Tests and commands have errors of their own, which no request meets.
        kinds += [one for one in kind.__subclasses__() if one.__module__.startswith(_PACKAGES)]
        doc = (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
        yield kind.code, _row(kind.code, status_of(kind), doc)


def _of_the_edge() -> Iterator[tuple[str, str]]:
    """Find what the edge refuses by itself: calls of ``Problem`` with a status and a code."""
    for path in sorted(Path(tomada.web.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="Problem"),
                    args=[ast.Constant(value=int(status)), ast.Constant(value=str(code)), *more],
                ):
                    detail = "".join(
                        str(one.value)
                        for one in ast.walk(more[0] if more else node)
                        if more and isinstance(one, ast.Constant) and isinstance(one.value, str)
                    )
                    yield code, _row(code, status, detail)


def _row(code: str, status: int, text: str) -> str:
    phrase = HTTPStatus(status).phrase
    return f"| `{code}` | {status} {phrase} | {text or phrase} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
