"""The faults that the suite must find, as they are written down in `planted/*.toml`.

Each is a table under its name: `file`, the text that stands in it once (`before`), what stands
there when the fault is planted (`after`), and the tests that find it (`found_by`). One that no test
can find says why it does no harm (`survives`).
"""

import ast
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLANTED = Path(__file__).parent / "planted"


class DoesNotApply(Exception):
    """The text that a fault replaces does not stand in its file exactly once."""


@dataclass(frozen=True)
class Fault:
    name: str
    file: str
    before: str
    after: str
    found_by: tuple[str, ...]
    survives: str | None = None

    @property
    def module(self) -> str:
        """The name by which Python imports the file."""
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def planted(self) -> str:
        """The file's text with the fault in it. Raises DoesNotApply and SyntaxError."""
        path = ROOT / self.file
        text = path.read_text() if path.is_file() else ""
        found = text.count(self.before)
        if found != 1:
            raise DoesNotApply(f"its text stands {found} times in {self.file}")
        faulty = text.replace(self.before, self.after)
        ast.parse(faulty, self.file)
        return faulty


def every_fault(folder: Path = PLANTED) -> dict[str, Fault]:
    """All that are written down, by name; refused when two have the same."""
    found: dict[str, Fault] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, said in tomllib.loads(path.read_text()).items():
            assert name not in found, f"{name} is the name of two faults"
            found[name] = Fault(name, **said | {"found_by": tuple(said["found_by"])})
    return found


def sample(faults: list[Fault], commit: str, size: int) -> list[Fault]:
    """As many as asked for: others at each commit, and the same ones whenever it is tried."""

    def drawn(fault: Fault) -> str:
        return hashlib.sha256(f"{commit} {fault.name}".encode()).hexdigest()

    return sorted(faults, key=drawn)[:size]
