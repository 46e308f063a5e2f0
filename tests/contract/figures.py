"""What the tools of others say of the contract, and how well its breaks are seen.

    python -m tests.contract.figures

Counts the findings of Redocly's strictest rules, of Spectral's rules of OpenAPI and of OWASP's, the
latter by rule with the reason that `openapi/spectral.yaml` gives where it is off; then the breaks
that are seen, by our own comparison, and the growth that is taken for none. Ends with 1 when a
figure is not what it must be. Spectral takes two minutes of processor time.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import unquote

from app.settings import checkout
from app.web.contract_breaks import breaks
from tests.contract.changes import BREAKS, GROWTH

ROOT: Final = checkout()
DOCUMENT: Final = ROOT / "openapi" / "openapi.json"
BIN: Final = ROOT / "node_modules" / ".bin"
RULES: Final = ROOT / "openapi" / "spectral.yaml"
EVERY_RULE: Final = 'extends:\n  - spectral:oas\n  - "@stoplight/spectral-owasp-ruleset"\n'
OWASP: Final = "owasp:"


@dataclass(frozen=True)
class Finding:
    """Something that a rule found, and where: a JSON Pointer."""

    rule: str
    where: str


@dataclass
class Excuse:
    """Why a rule is off: for the whole document, or below some places of it."""

    reason: str
    places: list[str] | None = None

    def reason_at(self, where: str) -> str | None:
        """The reason, where it holds for a place."""
        if self.places is None or any(f"{where}/".startswith(f"{one}/") for one in self.places):
            return self.reason
        return None


def main() -> int:
    """Say each figure; 0 when all are as they must be."""
    seen, kept = seen_breaks()
    say("breaks caught", f"{seen} of {len(BREAKS)}")
    say("additive edits passed", f"{kept} of {len(GROWTH)}")
    amiss = seen < len(BREAKS) or kept < len(GROWTH)
    if not BIN.is_dir():
        say("linters", "not asked: npm ci brings them")
        return int(amiss)
    errors, warnings = redocly()
    say("Redocly recommended-strict", f"{errors} errors, {warnings} warnings")
    found = spectral()
    of_openapi = sum(not one.rule.startswith(OWASP) for one in found)
    say("Spectral oas", str(of_openapi))
    excused = excuses(RULES.read_text())
    risks = [one for one in found if one.rule.startswith(OWASP)]
    reasons = {one: excused[one.rule].reason_at(one.where) for one in risks if one.rule in excused}
    unnamed = sum(reasons.get(one) is None for one in risks)
    say("OWASP findings without a reason", str(unnamed))
    told = Counter((one.rule, reasons.get(one) or "NO REASON") for one in risks)
    for (rule, reason), times in sorted(told.items()):
        say(f"  {rule}", f"{times}. {reason}")
    return int(amiss or bool(errors or warnings or of_openapi or unnamed))


def say(name: str, figure: str) -> None:
    sys.stdout.write(f"{name}: {figure}\n")
    sys.stdout.flush()


def seen_breaks() -> tuple[int, int]:
    """How many breaks our comparison sees, and how much growth it takes for none."""
    document = json.loads(DOCUMENT.read_text())
    seen = kept = 0
    for change, told in BREAKS.values():
        revision = deepcopy(document)
        change(revision)
        seen += any(told in one for one in breaks(document, revision))
    for change in GROWTH.values():
        revision = deepcopy(document)
        change(revision)
        kept += not breaks(document, revision)
    return seen, kept


def redocly() -> tuple[int, int]:
    """The errors and the warnings of Redocly's strictest rules."""
    config = ROOT / "openapi" / "redocly.yaml"
    told = json.loads(_run("redocly", "lint", "--config", config, "--format=json", DOCUMENT))
    return told["totals"]["errors"], told["totals"]["warnings"]


def spectral() -> list[Finding]:
    """The findings of every rule of Spectral's and OWASP's, none of them off."""
    with TemporaryDirectory(dir=RULES.parent) as folder:
        every = Path(folder) / "every.yaml"
        every.write_text(EVERY_RULE)
        quietly = ("--fail-severity", "hint", "--quiet", "-f", "json")
        told = json.loads(_run("spectral", "lint", "-r", every, *quietly, DOCUMENT))
    return [Finding(one["code"], _pointer(one["path"])) for one in told]


def _pointer(path: list[Any]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def excuses(rules: str) -> dict[str, Excuse]:
    """Why each rule is off: the comment above it, and the places below which it is."""
    found: dict[str, Excuse] = {}
    reason: list[str] = []
    places: list[str] | None = None
    is_said = False
    for line in map(str.strip, rules.splitlines()):
        if line.startswith("#"):
            reason = [*(reason if is_said else []), line[1:].strip()]
        elif line == "- files:":
            places = []
        elif place := re.fullmatch(r'- "\*\*#(.+)"', line):
            assert places is not None
            places.append(unquote(place[1]))
        elif rule := re.fullmatch(r"(owasp:\S+): off", line):
            found[rule[1]] = Excuse(" ".join(reason), places)
        is_said = line.startswith("#")
    return found


def _run(tool: str, *arguments: Any) -> str:
    command = ["node", str(BIN / tool), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        raise RuntimeError(done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
