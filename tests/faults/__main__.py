"""Does the suite find what is planted? `python -m tests.faults [NAME ...] [--sample COMMIT]`.

Ends with 1 when a fault does not apply, when one survives without a written reason, and when one is
found that is said to survive.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.ground import Ground, Result
from tests.faults.listed import PLANTED, ROOT, DoesNotApply, Fault, every_fault, sample

SAMPLE = 30
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def main() -> int:
    """Plant each fault that was asked for, and say of each whether it was found."""
    chosen = _chosen()
    if amiss := [said for fault in chosen if (said := _amiss(fault))]:
        _say("\n".join(amiss))
        return 1
    os.chdir(ROOT)
    results: list[Result] = []
    with TemporaryDirectory() as folder, _server():
        Ground(chosen, Path(folder), _teller(results)).try_all()
    bad = [result for result in results if not _is_well(result)]
    found = sum(result.verdict == "found" for result in results)
    cpu = sum(result.cpu for result in results)
    _say(f"{found} of {len(results)} found, {len(bad)} not as it should be, {cpu:.0f} CPU seconds")
    return 1 if bad else 0


def _chosen() -> list[Fault]:
    parser = argparse.ArgumentParser("python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a fault; without one, all")
    parser.add_argument("--sample", metavar="COMMIT", help=f"{SAMPLE} of them, drawn by the commit")
    parser.add_argument("--planted", type=Path, default=PLANTED, help="the folder of the lists")
    asked = parser.parse_args()
    faults = every_fault(asked.planted)
    if unknown := sorted(set(asked.names) - set(faults)):
        parser.error(f"there is no fault named {', '.join(unknown)}")
    if asked.sample:
        return sample(list(faults.values()), asked.sample, SAMPLE)
    return [fault for name, fault in faults.items() if not asked.names or name in asked.names]


def _amiss(fault: Fault) -> str | None:
    try:
        fault.planted()
    except (DoesNotApply, SyntaxError) as error:
        return f"does not apply  {fault.name}: {error}"
    return None


def _teller(results: list[Result]) -> Callable[[Result], None]:
    def tell(result: Result) -> None:
        results.append(result)
        verdict = result.verdict if _is_well(result) else result.verdict.upper()
        by = FAILED.search(result.said) if result.verdict == "found" else None
        why = by.group(1) if by else result.fault.survives or ""
        _say(f"{verdict:10}  {result.fault.name}  {result.cpu:.1f} s  {why}")
        if result.verdict == "went wrong":
            _say(result.said)

    return tell


def _is_well(result: Result) -> bool:
    """Whether it was found, or survives and it is written why."""
    return result.verdict == ("survived" if result.fault.survives else "found")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def _server() -> Iterator[None]:
    """Keep the tests' server up from the first fault to the last.

    What this loads of the application is forgotten: it is loaded again where faults are planted.
    """
    if os.environ.get("PLN_TEST_DATABASE_URL"):
        yield
        return
    from app.installation.embedded import EmbeddedPostgres
    from tests.server import folder

    with EmbeddedPostgres(folder() / "tests", fast=True):
        for name in [*sys.modules]:
            if name.startswith(("app.", "tests.")) and not name.startswith("tests.faults"):
                del sys.modules[name]
        yield


if __name__ == "__main__":
    sys.exit(main())
