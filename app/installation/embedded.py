"""A PostgreSQL of our own, for a machine without one: `EmbeddedPostgres(data_dir).start()`.

The data folder holds `pgdata-18` (named for the major version), `postgres-18.json` (port and
passwords, for its owner's eyes), `postgres.lock` and, where needed, a copy of the programs.
Several processes may use one data folder: the first starts the server, the last to stop ends it.
A server that outlived a killed process is taken over by the next one.
"""

import fcntl
import json
import os
import secrets
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import monotonic, sleep
from types import TracebackType
from typing import IO, Final, Self

import psycopg
from psycopg import sql

from app.installation.binaries import PostgresUnusable, find_binaries
from app.installation.encoding import refuse_other_encodings
from app.installation.system_user import SystemUser
from app.settings import Settings, make_folder, sqlalchemy_url

HOST: Final = "127.0.0.1"
DATABASE: Final = "pln"
OWNER: Final = "pln_owner"
APPLICATION: Final = "pln_app"
SUPERUSER: Final = "postgres"
PATIENCE: Final = 300
"""Seconds given to start and to stop: recovery after a crash takes as long as it takes."""

OPTIONS: Final = {
    "authentication_timeout": "5s",
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
"""No socket, whose path may be too long; and no content of rows in the log: it may be personal.
A client that connects and says nothing holds up every CREATE and DROP DATABASE until the time to
authenticate is over, which is a minute unless told."""

FAST: Final = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "plan_cache_mode": "force_generic_plan",
}


@dataclass(frozen=True)
class Urls:
    """The database for the role that owns the tables, and for the application's role."""

    owner: str
    app: str


@dataclass(frozen=True)
class Access:
    """The port last used and the passwords of one data folder's server."""

    port: int
    superuser: str
    owner: str
    application: str

    @classmethod
    def invent(cls) -> Self:
        """Return new passwords, and no port yet."""
        return cls(0, *(secrets.token_urlsafe(24) for _ in range(3)))


class EmbeddedPostgres:
    """The server of one data folder. `fast` gives up safety against crashes, for tests."""

    def __init__(self, data_dir: Path, *, fast: bool = False, binaries: Path | None = None) -> None:
        """Take a data folder, made when missing, and perhaps a folder of PostgreSQL's programs.

        Refused when no PostgreSQL is installed or its user cannot reach the data folder.
        """
        self.data_dir = make_folder(data_dir).resolve()
        self.fast = fast
        found = find_binaries(binaries)
        self.pgdata = self.data_dir / f"pgdata-{found.major}"
        self._user = SystemUser.for_data(self.pgdata)
        self._binaries = self._user.able_to_run(found, self.data_dir)
        self._lock: IO[str] | None = None

    def __enter__(self) -> Urls:
        """Start, and return the two addresses."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, unless another process still uses the server."""
        self.stop()

    def start(self) -> Urls:
        """Start the server, or join the one that runs; return once it takes connections.

        Refused: data of another major version, and a server that is not up in five minutes.
        """
        self._lock = (self.data_dir / "postgres.lock").open("a")
        try:
            if self._is_first(self._lock):
                self._bring_up()
                fcntl.flock(self._lock, fcntl.LOCK_SH)
        except BaseException:
            self._let_go()
            raise
        access = self._access()
        return Urls(
            owner=sqlalchemy_url(self._url(OWNER, access.owner, DATABASE)),
            app=sqlalchemy_url(self._url(APPLICATION, access.application, DATABASE)),
        )

    def stop(self) -> None:
        """Stop using the server; the last process to do so ends it. Harmless when not started."""
        if self._lock is None:
            return
        try:
            if _locked(self._lock, fcntl.LOCK_EX):
                self._end()
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _is_first(self, lock: IO[str]) -> bool:
        """Return True, holding the lock alone, or False when the others' server answers.

        The lock is held alone while the server starts or stops, and shared while it is used.
        """
        deadline = monotonic() + PATIENCE
        while monotonic() < deadline:
            if _locked(lock, fcntl.LOCK_EX):
                return True
            if _locked(lock, fcntl.LOCK_SH):
                if self._answers():
                    return False
                if not self._is_running():
                    break
            sleep(0.1)
        raise PostgresUnusable(
            f"{self.data_dir} is in use by another process whose PostgreSQL does not answer. "
            "Stop that process, or set PLN_DATA_DIR to another folder."
        )

    def _bring_up(self) -> None:
        if not self.pgdata.exists():
            self._refuse_other_majors()
            self._initialise()
        if self._is_running():
            self._wait_for_answer()
        else:
            self._launch()
        self._make_roles()

    def _refuse_other_majors(self) -> None:
        others = sorted(self.data_dir.glob("pgdata-*"))
        if not others:
            return
        old = others[-1].name.removeprefix("pgdata-")
        folder = f"/usr/lib/postgresql/{old}/bin"
        raise PostgresUnusable(
            f"{others[-1]} was made by PostgreSQL {old}, and the one here is "
            f"{self._binaries.major}. To move the data, with {folder} replaced by wherever "
            f"PostgreSQL {old} is:\n"
            f"  PLN_POSTGRES_BIN={folder} pln backup pln-{old}.dump &&\n"
            f"  mv '{others[-1]}' '{self.data_dir}/old-{old}' &&\n"
            f"  pln restore pln-{old}.dump"
        )

    def _initialise(self) -> None:
        """Make the cluster beside its place, so that a kill in between leaves no half of one."""
        self._remember(Access.invent())
        draft = self._user.fresh_folder(self.data_dir / "unfinished")
        password = draft / "password"
        self._user.write(password, self._access().superuser)
        # fmt: off
        command = [
            self._binaries.program("initdb"), "--pgdata", str(draft / "cluster"),
            "--username", SUPERUSER, "--pwfile", str(password), "--auth", "scram-sha-256",
            "--encoding", "UTF8", *self._locale(), "--data-checksums",
            *(["--no-sync"] if self.fast else []),
        ]
        # fmt: on
        done = self._user.run(command, self.data_dir)
        if done.returncode:
            raise PostgresUnusable(f"initdb failed:\n{done.stderr.strip()}")
        (draft / "cluster").rename(self.pgdata)
        password.unlink()
        draft.rmdir()

    def _locale(self) -> list[str]:
        if self._binaries.major < 17:
            return ["--locale", "C.UTF-8"]
        return [
            "--locale",
            "C",
            "--locale-provider",
            "builtin",
            "--builtin-locale",
            "C.UTF-8",
        ]

    def _launch(self) -> None:
        self._forget_reused_pid()
        access = self._access()
        if not _is_free(access.port):
            access = replace(access, port=_free_port())
            self._remember(access)
        options = {**OPTIONS, **(FAST if self.fast else {}), "port": str(access.port)}
        started = self._user.run(
            [
                *self._pg_ctl("start"),
                "-o",
                " ".join(f"-c {name}={value}" for name, value in options.items()),
                "-l",
                str(self._log),
            ],
            self.data_dir,
        )
        if started.returncode:
            raise PostgresUnusable(f"PostgreSQL did not start.\n{started.stderr}{self._log_end()}")

    def _end(self) -> None:
        stopped = self._user.run(
            [*self._pg_ctl("stop"), "-m", "immediate" if self.fast else "fast"],
            self.data_dir,
        )
        if stopped.returncode and self._is_running():
            raise PostgresUnusable(f"PostgreSQL did not stop: {stopped.stderr}")

    def _pg_ctl(self, action: str) -> list[str]:
        program = self._binaries.program("pg_ctl")
        return [program, action, "-D", str(self.pgdata), "-w", "-t", str(PATIENCE)]

    def _make_roles(self) -> None:
        """Make what is missing of the two roles and the database, as the superuser."""
        access = self._access()
        owner = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
        application = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        wanted = {OWNER: (owner, access.owner), APPLICATION: (application, access.application)}
        with psycopg.connect(self._url(SUPERUSER, access.superuser), autocommit=True) as server:
            roles = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
            databases = {name for (name,) in server.execute("SELECT datname FROM pg_database")}
            if self.fast and self._binaries.major >= 16:
                # What is invented is not guessed, however fast; tests connect a thousand times.
                server.execute("SET scram_iterations = 1")
            for role in wanted.keys() - roles:
                create, password = wanted[role]
                server.execute(create.format(sql.Identifier(role), sql.Literal(password)))
            if self.fast:  # tests drop databases in use, by autovacuum too
                server.execute(
                    sql.SQL("GRANT pg_signal_backend TO {}").format(sql.Identifier(OWNER))
                )
            if DATABASE not in databases:
                server.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )

    def _wait_for_answer(self) -> None:
        deadline = monotonic() + PATIENCE
        while not self._answers():
            if monotonic() > deadline or not self._is_running():
                raise PostgresUnusable(f"PostgreSQL does not answer.\n{self._log_end()}")
            sleep(0.1)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._url(SUPERUSER, self._access().superuser)).close()
        except psycopg.OperationalError:
            return False
        return True

    def _is_running(self) -> bool:
        pid = self._last_pid()
        return pid is not None and str(self.pgdata) in _command_of(pid)

    def _forget_reused_pid(self) -> None:
        """Drop a pid file whose number now is another program's, which PostgreSQL would obey.

        It looks at the number alone: after the restart of a container that is often taken.
        """
        pid = self._last_pid()
        if pid is not None and _command_of(pid) and "postgres" not in _command_of(pid):
            (self.pgdata / "postmaster.pid").unlink(missing_ok=True)

    def _last_pid(self) -> int | None:
        try:
            return int((self.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _url(self, role: str, password: str, database: str = "postgres") -> str:
        return f"postgresql://{role}:{password}@{HOST}:{self._access().port}/{database}"

    def _access(self) -> Access:
        try:
            return Access(**json.loads(self._access_file.read_text()))
        except FileNotFoundError as error:
            raise PostgresUnusable(
                f"{self._access_file}, which holds the passwords of {self.pgdata}, is missing. "
                "Bring it back, or move both folders away to begin anew."
            ) from error

    def _remember(self, access: Access) -> None:
        with NamedTemporaryFile("w", dir=self.data_dir, delete=False) as draft:
            json.dump(asdict(access), draft)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(self._access_file)

    @property
    def _access_file(self) -> Path:
        return self.data_dir / f"postgres-{self._binaries.major}.json"

    @property
    def _log(self) -> Path:
        return self.pgdata / "server.log"

    def _log_end(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        return "\n".join([f"{self._log} ends:", *lines[-10:]])


@contextmanager
def open_database(settings: Settings) -> Generator[Urls]:
    """Yield the addresses of the settings' database, having started our own if there is none.

    Refused as `EmbeddedPostgres.start` does, and where it is not encoded as UTF8. Nothing is
    migrated.
    """
    if settings.database_url is not None:
        owner = settings.database_owner_url or settings.database_url
        refuse_other_encodings(owner)
        yield Urls(owner=owner, app=settings.database_url)
    else:
        with EmbeddedPostgres(settings.data_dir, binaries=settings.postgres_bin) as urls:
            yield urls


def _locked(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return port != 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _command_of(pid: int) -> str:
    """Return a process's command line, empty when it has ended or cannot be told."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        except OSError:
            return ""
    command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return found.stdout
