"""The contract: what `openapi/openapi.json` says, and whether it says what the code does."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.kernel import vocabularies
from app.kernel.permissions import PERMISSIONS
from app.settings import checkout
from app.web import contract_breaks, document

VERSION = "1.0.0"
"""Of the contract, by semantic versioning; openapi/README.md says when it moves."""

FILE = checkout() / "openapi" / "openapi.json"

BASELINE = FILE.with_name("released") / FILE.name
"""What clients were written against: a break of it is refused."""

TITLE = "Peer learning network"

DESCRIPTION = """\
The service a convenor runs its peer learning network on: cohorts of data collaborations, their
grants paid by milestones, their reports, and what became of it all.

Sign in with `POST /v1/auth/login` (people) or `POST /v1/oauth/token` (service accounts) and send
the access token as `Authorization: Bearer …`. A thing that you may not see answers 404, as if it
were not there; one that you may see and not change answers 403 and names the permission.

Every answer that is not a success is `application/problem+json` (RFC 9457); its `code` is one of
those at `/problems`. Lists are pages with `next_cursor`. A status changes only through the
endpoint that makes the move; `available_actions` of each thing lists those you may make now.
"""

TAGS = {
    "Signing in": "Access and refresh tokens, passwords, and the sessions of an account.",
    "Me": "Who I am, and what I may do where.",
    "Desk": "What waits for me, and what was done, across the whole network.",
    "Accounts": "People and service accounts, and their API tokens.",
    "Invitations": "How people join: a single-use link that expires.",
    "Letters": "What was mailed to whom, and what became of it.",
    "Roles": "Which account holds which role, where, from when and until when.",
    "Organisations": "Companies, research and public bodies, non-profits; with their identifiers.",
    "Programmes": "What the network is funded to do: targets and priority areas.",
    "Collaborations": "Groups of organisations that share or open data for a purpose.",
    "Conflicts": "Who may not decide about what, and who may all the same.",
    "Cohorts": "The collaborations that learn together for some months.",
    "Memberships": "A collaboration in a cohort: offered, accepted, active.",
    "Requirements": "What a cohort asks of its members before they begin, or before they end.",
    "Tasks": "What a cohort's requirements come to for one member.",
    "Announcements": "What a cohort's members are told, once each.",
    "Notes": "What the team writes down for itself.",
    "Funds": "What funders give, and the ledger that says where each penny of it is.",
    "Grants": "Money promised to a membership, paid by milestones.",
    "Grant templates": "What is usually agreed, with days counted from the start of a grant.",
    "Due diligence": "What is known of a grantee before it is offered money.",
    "Milestones": "The steps of a grant, each reported with its evidence.",
    "Bank statements": "What the bank says became of payments, brought in by file.",
    "Payment limits": "Up to how much somebody approves, releases or writes off.",
    "Payment runs": "Payments of a fund that are approved and released together.",
    "Payee accounts": "Where a grant is paid to, said by the grantee and verified by a call.",
    "Expenses": "What people have spent for a cohort, claimed back and decided about.",
    "Payments": "What was earned, requested, approved and released by three people.",
    "Reports": "What a milestone's evidence says, and the review of it.",
    "Indicators": "What a programme wants to see change, and what its members say came of it.",
    "Learning sessions": "What a cohort does together, alone or in series, and who leads it.",
    "Trust": "What is asked about trust: frameworks and surveys, in versions that do not change.",
    "Open data": "Grants as everybody is told of them, by the 360Giving Data Standard.",
    "Metrics": "What dashboards pull, each number with its definition.",
    "Files": "Uploads that survive a bad connection, and their downloads.",
    "Imports": "What another system or a spreadsheet kept, brought in.",
    "Endorsements": "The first of two persons' words, and taking it back.",
    "Operations": "Long work: what became of it.",
    "Problems": "Every code with which the service refuses, explained.",
    "Keys": "The public keys by which access tokens are checked.",
}
"""Every tag, in the order in which the page shows them."""


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of `app`."""
    terms = document.operations(app)
    raw = get_openapi(
        title=TITLE,
        version=VERSION,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        routes=app.routes,
        servers=[{"url": "/", "description": "The service that serves this document."}],
        contact={"name": "The convenor of the network", "url": "https://example.org/network"},
        license_info={"name": "MIT", "identifier": "MIT"},
    )
    finished = document.finish(raw, terms, {name: one.allows for name, one in PERMISSIONS.items()})
    used = {tag for *_, operation in document.each_operation(finished) for tag in operation["tags"]}
    finished["tags"] = [
        {"name": name, "description": text} for name, text in TAGS.items() if name in used
    ]
    finished["x-vocabularies"] = vocabularies.words()
    return finished


def written(app: FastAPI) -> str:
    """The text of the committed document."""
    return json.dumps(describe(app), indent=2, ensure_ascii=False) + "\n"


def write(app: FastAPI, file: Path = FILE) -> None:
    """Write the document of `app` to `file`."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(written(app), encoding="utf-8")


def check(app: FastAPI, file: Path = FILE) -> bool:
    """Whether `file` says what `app` does."""
    return file.is_file() and file.read_text(encoding="utf-8") == written(app)


def breaks(file: Path = FILE) -> list[str]:
    """What in `file` breaks the clients of the baseline; nothing where there is none."""
    if not BASELINE.is_file():
        return []
    return contract_breaks.breaks(
        json.loads(BASELINE.read_text(encoding="utf-8")),
        json.loads(file.read_text(encoding="utf-8")),
    )
