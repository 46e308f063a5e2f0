"""What a request costs, beside the least that could answer it and what people would take instead.

`make bench` fills the databases (a minute, once), starts the service, the floor (`floor.py`) and
the peer (`peer.py`), asks them for the same things in turn, and prints what each answer took of
processor time, in the server and in PostgreSQL. `--before CHECKOUT` measures another checkout of
the service in the same run. Times of one run can be compared with each other, and with no others.
`--hostile` measures what the worst requests of strangers cost instead.
"""

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Final

import app.registry  # noqa: F401  # pyright: ignore[reportUnusedImport]  (fills who is asked)
from tests.bench import hostile, servers
from tests.bench.constraints import broken_constraints
from tests.bench.filling import COHORT, GRANT, MEASURED, MEMBERS, READERS, id_of
from tests.bench.ground import FOLDER, LARGE, SMALL, Ground, ground
from tests.bench.measuring import (
    Cost,
    NotAnswered,
    Request,
    Target,
    cost,
    memory,
    tree,
)
from tests.bench.table import GROWTH, READS, Result, keep, table

HERE: Final = Path(__file__).parent

AT_ONCE: Final = (1, 8)
"""From how many connections each is sent."""

_THREE: Final = "key=fill&key=milestones_reported&key=milestones_accepted"
"""The figures that the floor counts too."""

WIDE: Final = (
    "/v1/me/work",
    "/v1/obligations",
    "/v1/activity?limit=50",
    "/v1/milestones",
    "/v1/reports",
    "/v1/memberships",
    "/v1/grants",
    "/v1/collaborations",
    "/v1/cohorts",
)
"""What everybody reads without a filter: where growth shows."""


def main() -> int:
    """Measure what was asked for; 1 where what was filled in is not sound."""
    asked = _asked()
    if asked.hostile:
        with ground(SMALL, anew=asked.anew) as found, servers.service(found, "small") as service:
            for line in hostile.measure(service.target):
                print(line, flush=True)
        return 0
    rounds = 1 if asked.quick else 3
    with ground(SMALL, LARGE, anew=asked.anew) as found, ExitStack() as running:
        if broken := [*broken_constraints(found.superuser("small"))]:
            print("What was filled in is not sound:", *broken, sep="\n")
            return 1
        service = running.enter_context(servers.service(found, "large"))
        targets = {"service": service.for_reader("coordinator")}
        if asked.before:
            before = running.enter_context(servers.service(found, "large", asked.before))
            targets["before"] = before.for_reader("coordinator")
        if not asked.alone:
            python = _environment()
            targets["floor"] = running.enter_context(servers.floor(found, "large", python)).target
            targets["peer"] = running.enter_context(servers.peer(found, "large", python)).target
        results = [*_reads(found, targets, rounds)]
        print(table(READS, results))
        growth, refused = _growth(found, service, asked.quick)
        print(table(GROWTH, growth))
        print(*refused, sep="\n")
        held = memory(tree(service.target.pid))
        print(f"Start {service.seconds:.1f} s, memory {held:.0f} MiB after all of it.")
        keep(FOLDER, results + growth, start=service.seconds, memory=held)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round: under three minutes")
    parser.add_argument("--hostile", action="store_true", help="the worst that strangers send")
    parser.add_argument("--alone", action="store_true", help="the service, without floor and peer")
    parser.add_argument("--anew", action="store_true", help="fill the databases anew")
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="another one to measure")
    return parser.parse_args()


def _requests(found: Ground) -> Sequence[Request]:
    superuser = found.superuser("large")
    cohort = id_of(superuser, COHORT, MEASURED)
    grant = f"/v1/grants/{id_of(superuser, GRANT, MEASURED * MEMBERS + 1)}"
    members = f"/v1/memberships?cohort_id={cohort}"
    metrics = f"/v1/cohorts/{cohort}/metrics"
    gzip = {"accept-encoding": "gzip"}
    return (
        Request("me", "/v1/me"),
        Request("grant", grant),
        Request("50 memberships", members),
        Request("50 milestones", f"/v1/milestones?cohort_id={cohort}"),
        Request("3 metrics", f"{metrics}?{_THREE}"),
        Request("metrics", metrics),
        Request("50 of the record", "/v1/activity"),
        Request("my work", "/v1/me/work"),
        Request("grant, unchanged", grant, revalidates=True),
        Request("50 memberships, unchanged", members, revalidates=True),
        Request("metrics, unchanged", metrics, revalidates=True),
        Request("50 memberships, gzip", members, headers=gzip),
        Request("edit a grant", grant, method="PATCH"),
    )


def _reads(found: Ground, targets: dict[str, Target], rounds: int) -> Iterator[Result]:
    """The best of the rounds: what disturbs only ever adds. The servers take turns."""
    for request in _requests(found):
        for senders in AT_ONCE:
            best: dict[str, Cost] = {}
            for _ in range(rounds):
                for name, target in targets.items():
                    if name in ("floor", "peer") and not _can_answer(name, request):
                        continue
                    measured = cost(target, request, at_once=senders)
                    if name not in best or measured.server < best[name].server:
                        best[name] = measured
            for name, measured in best.items():
                yield Result(request.name, name, senders, measured)


def _can_answer(name: str, request: Request) -> bool:
    """The floor and the peer have neither ETags nor a list of what waits, and three metrics."""
    if request.revalidates or "accept-encoding" in request.headers:
        return False
    return request.name not in ("my work", "metrics")


def _growth(
    found: Ground, large: servers.Started, quick: bool
) -> tuple[list[Result], list[NotAnswered]]:
    """What each reader's lists cost with ten cohorts in the network, and with two thousand; and
    what was not answered."""
    results: list[Result] = []
    refused: list[NotAnswered] = []
    seconds = 0.2 if quick else 0.7
    with servers.service(found, "small") as small:
        for reader in READERS:
            sides = {"small": small.for_reader(reader), "large": large.for_reader(reader)}
            for path, (name, target) in product(WIDE, sides.items()):
                request = Request(f"{reader} {path}", path)
                try:
                    measured = cost(target, request, at_once=1, seconds=seconds)
                except NotAnswered as refusal:
                    refused.append(refusal)
                else:
                    results.append(Result(request.name, name, 1, measured))
    return results, refused


def _environment() -> str:
    """The Python of the floor and the peer, made when what they need has changed."""
    lock = HERE / "requirements.lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    folder = FOLDER.parent / "bench-venv"
    python, mark = folder / "bin" / "python", folder / "installed"
    if not mark.exists() or mark.read_text() != digest:
        print("Installing what the floor and the peer run on", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)
        mark.write_text(digest)
    return str(python)


if __name__ == "__main__":
    sys.exit(main())
