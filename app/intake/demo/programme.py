"""The programme that the demonstration replays: what was announced of it, in our own words.

People are invented.
"""

from datetime import date, timedelta
from typing import Final

from app.funding.funds.chapter import FundScript
from app.intake.demo.facts import HELEN, KWAME, ROSA
from app.network.programmes.chapter import CountScript, ProgrammeScript
from app.network.programmes.expectations.models import ExpectationKind
from app.network.programmes.expectations.schemas import CreateExpectation
from app.network.programmes.models import CountingRule
from app.network.programmes.strands.schemas import CreateStrand
from app.network.programmes.targets.progress import Comparator
from app.network.programmes.targets.schemas import CreateTarget
from app.people.identity.chapter import TeamScript, moment
from app.people.identity.roles import Role
from app.people.organisations.chapter import OrganisationScript
from app.people.organisations.models import OrganisationKind

OPENED_AT: Final = moment(date(2020, 4, 1), 11)

APPROVER: Final = "Grant Ellery"
RELEASER: Final = "Petra Lang"

TEAM: Final = TeamScript(
    arrives_at=OPENED_AT - timedelta(hours=3),
    administrator="Ada Okafor",
    others=(
        (HELEN, Role.PROGRAMME_MANAGER),
        (APPROVER, Role.FINANCE_APPROVER),
        (RELEASER, Role.PAYMENT_RELEASER),
        ("Marcus Webb", Role.FUNDER),
        ("Yasmin Rahman", Role.AUDITOR),
    ),
)

STRANDS: Final = (
    ("open_data", "Publishing open data", "With a challenge that puts it to use."),
    ("priority_areas", "Priority areas", "Three collaborations launched where they matter most."),
    ("peer_learning", "Peer learning network", "Cohorts of collaborations that learn together."),
    ("support", "Ad-hoc support", "Help for collaborations that are under way elsewhere."),
    ("publishing", "Learnings", "Case studies, guidance and tools for everybody."),
)
"""Key, name and summary of each kind of the programme's work."""

CRITERIA: Final = (
    ("clear_challenge", "It addresses a clear societal, economic or environmental challenge"),
    ("several_kinds", "Several kinds of organisation take part"),
    ("gains_from_support", "What the convenor and the funder can give makes a difference to it"),
    ("shares_learnings", "What it learns can be shared"),
    ("meaningful_impact", "It may come to have an impact that matters"),
)
PRINCIPLES: Final = (
    ("open", "Open: it shares as widely as it can"),
    ("usable", "Usable: others can find and work with its data"),
    ("empowering", "Empowering: those whom the data is about gain by it"),
    ("private", "Private: what is personal stays so"),
    ("secure", "Secure: the data is safe with those who hold it"),
)
"""Key and title of what the programme expects of its collaborations."""

TARGETS: Final = (
    CreateTarget(
        key="network_size",
        name="Up to ten data collaborations that learn together",
        comparator=Comparator.AT_MOST,
        value=10,
        counting_rule=CountingRule.COLLABORATIONS_TAKING_PART,
        due_on=date(2023, 3, 31),
    ),
    CreateTarget(
        key="collaborations_by_2022",
        name="Twenty data collaborations by 2022",
        comparator=Comparator.AT_LEAST,
        value=20,
        counting_rule=CountingRule.BY_HAND,
        due_on=date(2022, 12, 31),
    ),
)
"""What was said to be aimed at. The twenty are those of the whole campaign, of which this network
is a part, so they are counted as the campaign itself counted them."""

PROGRAMME: Final = ProgrammeScript(
    opened_at=OPENED_AT,
    manager=HELEN,
    convenor=OrganisationScript("Open Data Institute", OrganisationKind.NON_PROFIT, "GB"),
    funder=OrganisationScript("Microsoft", OrganisationKind.COMPANY, "US"),
    reference="ODI-MS-2020",
    name="Peer learning network for data collaborations",
    summary=(
        "Helps groups of organisations that share data for a purpose to learn from each other, "
        "with guidance, advice and a grant. Announced in April 2020 for three years and up to ten "
        "members."
    ),
    starts_on=date(2020, 4, 1),
    ends_on=date(2023, 3, 31),
    strands=tuple(
        CreateStrand(key=key, name=name, summary=summary) for key, name, summary in STRANDS
    ),
    strand_of_the_cohorts="peer_learning",
    expectations=tuple(
        CreateExpectation(kind=kind, key=key, title=title, position=position)
        for position, (kind, key, title) in enumerate(
            (
                *((ExpectationKind.CRITERION, *said) for said in CRITERIA),
                *((ExpectationKind.PRINCIPLE, *said) for said in PRINCIPLES),
            ),
            start=1,
        )
    ),
    targets=TARGETS,
    team=(
        (ROSA, Role.COORDINATOR),
        (KWAME, Role.COORDINATOR),
        ("Leila Haddad", Role.FACILITATOR),
        ("Owen Price", Role.REVIEWER),
        ("Sofia Marino", Role.ADVISER),
        ("Dev Kapoor", Role.OBSERVER),
    ),
)

FUND: Final = FundScript(
    set_up_at=OPENED_AT + timedelta(hours=2),
    manager=HELEN,
    approver=APPROVER,
    funder=PROGRAMME.funder,
    reference="ODI-MS-GBP",
    name="Grants of the peer learning network",
    limit_minor=10_000_000,
)
"""Five awards of 20,000 pounds at first; what it gave later follows with the cohorts."""

YEAR_ONE: Final = CountScript(
    target="collaborations_by_2022",
    noted_at=moment(date(2021, 6, 30)),
    manager=HELEN,
    counted_on=date(2021, 4, 30),
    counted=9,
    source="Open Data Campaign, review of its first year (April 2021)",
)
