"""An installation contains nothing that binds those who use it, and nothing that runs unasked."""

import importlib.metadata
import sysconfig
from pathlib import Path

import pytest

from scripts.sbom import licence, sbom
from tests.repo.checkout import read
from tests.repo.licences import refused
from tests.repo.locks import pins

# For other platforms; read off their own pages when they came in.
ELSEWHERE = {"colorama": "BSD-3-Clause", "httpx2-jsfetch": "BSD-3-Clause"}
# Each runs a line at every start of Python: the editable install, and what `venv` puts in.
KNOWN_HOOKS = {"_editable_impl_tomada.pth", "distutils-precedence.pth"}


def test_every_licence_of_an_installation_goes_with_ours() -> None:
    told = {
        name: licence(name) or ELSEWHERE.get(name) for name in pins(read("requirements/run.txt"))
    }

    assert list(refused(told)) == []
    assert len(told) > 60


@pytest.mark.parametrize(
    "name", ["GPL-3.0-only", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only", "SSPL-1.0", "", None]
)
def test_a_licence_that_binds_is_found(name: str | None) -> None:
    assert not list(refused({"free": "MIT AND PSF-2.0", "choice": "GPL-2.0-only OR MIT"}))

    assert list(refused({"bound": name}))


def test_nothing_runs_at_the_start_of_python_that_we_do_not_know() -> None:
    place = Path(sysconfig.get_path("purelib"))

    hooks = {path.name for path in place.glob("*.pth")}
    custom = [path.name for path in place.glob("*customize*")]

    assert hooks <= KNOWN_HOOKS
    assert custom == []


def test_the_bill_of_materials_names_all_that_the_lock_names_and_the_rest() -> None:
    listed = {one["name"]: one for one in sbom()["components"]}

    locked = pins(read("requirements/run.txt"))
    assert {name: listed[name]["version"] for name in locked} == locked
    assert all(listed[name]["externalReferences"][0]["hashes"] for name in locked)
    assert {"pluggy-connect-sdk", "postgresql"} <= set(listed)
    runs_here = {one.metadata["Name"].lower() for one in importlib.metadata.distributions()}
    assert [name for name in locked if name in runs_here and "licenses" not in listed[name]] == []
