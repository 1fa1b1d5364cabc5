"""The directory of an embedded cluster: what lies where, which version of it, and the passwords beside it."""

import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tomada.store.embedded_errors import EmbeddedError

LAYOUT = 1

OWNER_ROLE = "tomada_owner"
APP_ROLE = "tomada_app"
SUPER_ROLE = "tomada_super"
DATABASE = "tomada"


@dataclass(frozen=True, slots=True)
class Passwords:
    """The passwords of the three roles: 32 random bytes each, as hexadecimal text."""

    superuser: str = field(repr=False)
    owner: str = field(repr=False)
    app: str = field(repr=False)

    @classmethod
    def random(cls) -> "Passwords":
        """Make new ones."""
        return cls(*(secrets.token_hex(32) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything we keep under ``<data directory>/postgres`` (mode 0700)."""

    home: Path

    @property
    def pgdata(self) -> Path:
        """PostgreSQL's own directory; there only once it is complete."""
        return self.home / "pgdata"

    @property
    def unborn(self) -> Path:
        """Where initdb works; whatever lies here at a start was interrupted."""
        return self.home / "pgdata.new"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "server.log"

    @property
    def mutex(self) -> Path:
        """See embedded_locks."""
        return self.home / "mutex.lock"

    @property
    def members(self) -> Path:
        """See embedded_locks."""
        return self.home / "members.lock"

    @property
    def server(self) -> Path:
        """See embedded_locks."""
        return self.home / "server.lock"

    @property
    def _passwords(self) -> Path:
        return self.home / "passwords.json"

    @property
    def _layout(self) -> Path:
        return self.home / "layout.json"

    @property
    def _address(self) -> Path:
        return self.home / "address.json"

    @classmethod
    def open(cls, data_dir: Path) -> "Layout":
        """Make the directory if it is not there; refuse one that a newer Tomada arranged otherwise."""
        data_dir = data_dir.resolve()
        made = not data_dir.exists()
        data_dir.mkdir(parents=True, exist_ok=True)
        if made:
            data_dir.chmod(0o700)
        layout = cls(data_dir / "postgres")
        layout.home.mkdir(mode=0o700, exist_ok=True)
        layout.give(layout.home)
        layout.home.chmod(0o700)
        layout._check()
        for lock in (layout.mutex, layout.members, layout.server):
            os.close(os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
            layout.give(lock)
        return layout

    def give(self, path: Path) -> None:
        """Let *path* belong to whom the data directory belongs, when root works for somebody else."""
        if os.geteuid() == 0:
            owner = self.home.parent.stat()
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def write(self, path: Path, content: object) -> None:
        """Put *content* there as JSON, whole or not at all, for its owner only."""
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        self.give(draft)
        draft.replace(path)
        self.sync()

    def sync(self) -> None:
        """Make the names in the directory durable."""
        fd = os.open(self.home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def mark(self) -> None:
        """Note which layout this is."""
        self.write(self._layout, {"layout": LAYOUT})

    def save_passwords(self, passwords: Passwords) -> None:
        """Keep them beside PGDATA, mode 0600, never in it."""
        self.write(self._passwords, asdict(passwords))

    def passwords(self) -> Passwords | None:
        """Read them; None when the file is lost or spoilt, so that new ones can be set."""
        try:
            return Passwords(**json.loads(self._passwords.read_text("utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def save_address(self, socket_dir: Path, version: str) -> None:
        """Remember where the server that is about to start can be found."""
        self.write(self._address, {"socket_dir": os.fspath(socket_dir), "version": version})

    def address(self) -> tuple[Path, str] | None:
        """Read where the last started server listens or listened, and its version."""
        try:
            found = json.loads(self._address.read_text("utf-8"))
            return Path(found["socket_dir"]), str(found["version"])
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None

    def sweep(self) -> None:
        """Throw away what an interrupted first start left; only while no server process lives."""
        if self.unborn.exists():
            shutil.rmtree(self.unborn)

    def major(self) -> int:
        """Read which major version made PGDATA."""
        try:
            text = (self.pgdata / "PG_VERSION").read_text("utf-8").strip()
            return int(text)
        except (FileNotFoundError, ValueError) as error:
            raise EmbeddedError(
                "damaged",
                f"The database in {self.pgdata} is damaged: its PG_VERSION cannot be read. "
                "Restore it from a backup or choose another data directory.",
            ) from error

    def _check(self) -> None:
        try:
            found = json.loads(self._layout.read_text("utf-8"))["layout"]
        except FileNotFoundError:
            return
        except (ValueError, TypeError, KeyError):
            found = None
        if not isinstance(found, int) or found < 1:
            raise EmbeddedError(
                "damaged",
                f"{self._layout} cannot be read, so the data directory is not touched: "
                "restore it from a backup or choose another data directory.",
            )
        if found > LAYOUT:
            raise EmbeddedError(
                "newer_layout",
                f"The data directory {self.home.parent} was used by a newer Tomada "
                f"(layout {found}, this one knows {LAYOUT}): use that version or a newer one.",
            )
