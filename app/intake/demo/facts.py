"""What is publicly known of the network that the demonstration replays, in our own words.

Organisations, collaborations, dates, numbers of places and the size of awards are facts of the
peer learning network that the Open Data Institute ran with Microsoft from 2020. People, the split
of awards into milestones, and the whole of the present cohort are invented.
"""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Organisation:
    """An organisation, with what it is to a collaboration in the cohort."""

    name: str
    kind: str
    country: str


@dataclass(frozen=True)
class Collaboration:
    """A collaboration, who takes part in it, and its invented lead."""

    name: str
    challenge: str
    country: str | None
    organisations: tuple[Organisation, ...]
    lead: str
    origin: str = "network_member"


@dataclass(frozen=True)
class Cohort:
    """A cohort as it was announced and as it came about."""

    reference: str
    name: str
    focus: str
    timezone: str
    announced_capacity: int
    planned_start_on: date
    planned_end_on: date
    called_on: date
    selected_on: date
    started_on: date
    ended_on: date
    coordinator: str
    award_minor: int | None
    tax_treatment: str = "outside"
    collaborations: tuple[Collaboration, ...] = field(default=())
    override_reason: str | None = None


@dataclass(frozen=True)
class Target:
    """A number that the programme set itself, as it was made public."""

    key: str
    name: str
    comparator: str
    value: int
    counting_rule: str
    due_on: date


@dataclass(frozen=True)
class Reading:
    """How many there were on a day, and who said so."""

    target_key: str
    counted_on: date
    counted: int
    source: str
    noted_on: date


CONVENOR = Organisation("Open Data Institute", "non_profit", "GB")
FUNDER = Organisation("Microsoft", "company", "US")

PROGRAMME_REFERENCE = "ODI-MS-2020"
PROGRAMME_NAME = "Peer learning network for data collaborations"
PROGRAMME_SUMMARY = (
    "Helps groups of organisations that share data for a purpose to learn from each other, with "
    "guidance, advice and a grant. Announced in April 2020 for three years and up to ten members."
)
PROGRAMME_STARTS_ON = date(2020, 4, 1)
PROGRAMME_ENDS_ON = date(2023, 3, 31)

TARGETS = (
    Target(
        "network_size",
        "Up to ten data collaborations that learn together",
        "at_most",
        10,
        "collaborations_taking_part",
        date(2023, 3, 31),
    ),
    Target(
        "collaborations_by_2022",
        "Twenty data collaborations by 2022",
        "at_least",
        20,
        "by_hand",
        date(2022, 12, 31),
    ),
)
"""What was said to be aimed at. Of the twenty collaborations hardly half are in this replay, so
they are counted as the network itself counted them."""

STRANDS = (
    ("open_data", "Publishing open data", "With a challenge that puts it to use."),
    ("priority_areas", "Priority areas", "Three collaborations launched where they matter most."),
    ("peer_learning", "Peer learning network", "Cohorts of collaborations that learn together."),
    ("support", "Ad-hoc support", "Help for collaborations that are under way elsewhere."),
    ("publishing", "Learnings", "Case studies, guidance and tools for everybody."),
)
"""Key, name and summary of each kind of the programme's work."""

PEER_LEARNING = "peer_learning"

CRITERIA = (
    ("clear_challenge", "It addresses a clear societal, economic or environmental challenge"),
    ("several_kinds", "Several kinds of organisation take part"),
    ("gains_from_support", "What the convenor and the funder can give makes a difference to it"),
    ("shares_learnings", "What it learns can be shared"),
    ("meaningful_impact", "It may come to have an impact that matters"),
)
PRINCIPLES = (
    ("open", "Open: it shares as widely as it can"),
    ("usable", "Usable: others can find and work with its data"),
    ("empowering", "Empowering: those whom the data is about gain by it"),
    ("private", "Private: what is personal stays so"),
    ("secure", "Secure: the data is safe with those who hold it"),
)
"""Key and title of what the programme expects of its collaborations."""

YEAR_ONE = Reading(
    "collaborations_by_2022",
    date(2021, 4, 30),
    9,
    "Open Data Campaign, review of its first year (April 2021)",
    date(2021, 6, 30),
)

COHORT_1 = Cohort(
    reference="MS01",
    name="Trust and trustworthiness",
    focus="Early-stage data collaborations; trust among their participants and stakeholders.",
    timezone="Europe/London",
    announced_capacity=5,
    planned_start_on=date(2020, 12, 1),
    planned_end_on=date(2021, 5, 31),
    called_on=date(2020, 10, 22),
    selected_on=date(2020, 12, 7),
    started_on=date(2021, 1, 19),
    ended_on=date(2021, 5, 31),
    coordinator="Rosa Adeyemi",
    award_minor=2_000_000,
    override_reason=(
        "Five places were announced. The sixth application was judged as strong as the fifth, and "
        "the funder agreed to a sixth award."
    ),
    collaborations=(
        Collaboration(
            "Data Cargo",
            "City planners lack the data that couriers' cargo bikes could gather as they ride.",
            "GB",
            (Organisation("The Data Place", "company", "GB"),),
            "Tom Penhale",
        ),
        Collaboration(
            "Caring for Equality in Buenos Aires' Labour Market",
            "Unpaid care work is invisible in labour statistics; indicators would show it.",
            "AR",
            (
                Organisation("Open Data Charter", "non_profit", "AR"),
                Organisation("Buenos Aires City Statistics Bureau", "public_body", "AR"),
            ),
            "Lucía Ferreyra",
        ),
        Collaboration(
            "MaaS-Peer",
            "Operators of mobility services hold data that travellers would need in one place.",
            "NO",
            (Organisation("ITS Norway", "non_profit", "NO"),),
            "Ingrid Solberg",
        ),
        Collaboration(
            "Open data for Non-communicable Diseases",
            "Clinics gather health data on chronic diseases that research cannot reach.",
            "IN",
            (Organisation("iKure", "company", "IN"),),
            "Anirban Dutta",
        ),
        Collaboration(
            "Packaging reuse data",
            "Reusable packaging cannot be followed across companies without a shared standard.",
            "GB",
            (
                Organisation("Reath", "company", "GB"),
                Organisation("Zero Waste Scotland", "public_body", "GB"),
            ),
            "Isla Drummond",
        ),
        Collaboration(
            "Shanghai FinTech Innovation Data Collaboration",
            "Financial firms and regulators need a way to share data that each can trust.",
            "CN",
            (Organisation("Open Data China", "non_profit", "CN"),),
            "Feng Li",
        ),
    ),
)

COHORT_2 = Cohort(
    reference="PLN2",
    name="Stewards of open data",
    focus="Mature organisations that steward open data: the value it has in people's lives.",
    timezone="Europe/London",
    announced_capacity=7,
    planned_start_on=date(2021, 10, 1),
    planned_end_on=date(2022, 3, 31),
    called_on=date(2021, 8, 11),
    selected_on=date(2021, 9, 20),
    started_on=date(2021, 10, 4),
    ended_on=date(2022, 3, 31),
    coordinator="Rosa Adeyemi",
    award_minor=None,
    collaborations=tuple(
        Collaboration(
            name,
            challenge,
            country,
            (Organisation(organisation, "non_profit", country),),
            lead,
        )
        for name, challenge, country, organisation, lead in (
            (
                "Open biodiversity records",
                "Records of species lie scattered across museums and countries.",
                "DK",
                "Global Biodiversity Information Facility",
                "Maja Holm",
            ),
            (
                "Open music metadata",
                "Facts about recordings are locked in catalogues that do not agree.",
                "US",
                "MetaBrainz Foundation",
                "Carla Reyes",
            ),
            (
                "Open apparel facilities",
                "Nobody can say which factories make clothes without one shared list.",
                "US",
                "Open Apparel Registry",
                "Dana Whitfield",
            ),
            (
                "Open contracting data",
                "Public contracts can only be scrutinised when they are published alike.",
                "US",
                "Open Contracting Partnership",
                "Sam Okoro",
            ),
            (
                "Open map data",
                "Maps that all may use must be kept up by those who use them.",
                "GB",
                "OpenStreetMap Foundation",
                "Nora Lindqvist",
            ),
            (
                "Open knowledge",
                "Structured knowledge needs stewards whom readers and machines can trust.",
                "US",
                "Wikimedia Foundation",
                "Ravi Menon",
            ),
            (
                "Open company answers",
                "What companies say of their impact cannot be compared without open questions.",
                "DE",
                "WikiRate",
                "Jonas Weber",
            ),
        )
    ),
)

COHORT_3 = Cohort(
    reference="DIPP019",
    name="Data for climate resilience",
    focus="Data that helps places adapt to a changing climate.",
    timezone="Europe/London",
    announced_capacity=6,
    planned_start_on=date(2022, 11, 16),
    planned_end_on=date(2023, 3, 31),
    called_on=date(2022, 10, 3),
    selected_on=date(2022, 11, 4),
    started_on=date(2023, 1, 11),
    ended_on=date(2023, 3, 31),
    coordinator="Kwame Boateng",
    award_minor=2_000_000,
    tax_treatment="net",
    collaborations=(
        Collaboration(
            "Climate data for women farmers",
            "Women who farm have no say in the climate data that decides over their fields.",
            "UG",
            (Organisation("Women Income Network", "non_profit", "UG"),),
            "Grace Nakato",
        ),
    ),
)

PAST_COHORTS = (COHORT_1, COHORT_2, COHORT_3)

PRESENT_COLLABORATIONS = (
    Collaboration(
        "River levels together",
        "Villages along a river each measure it, and none can warn the next.",
        "GB",
        (
            Organisation("Upper Teme Trust", "non_profit", "GB"),
            Organisation("Borderland Council", "public_body", "GB"),
        ),
        "Amara Nwosu",
    ),
    Collaboration(
        "Warm homes register",
        "Retrofit firms and councils do not know which homes have been insulated.",
        "IE",
        (Organisation("Hearth Data Cooperative", "company", "IE"),),
        "Eoin Brady",
    ),
    Collaboration(
        "Shared shade map",
        "Cities plant trees without knowing where heat and shade already are.",
        "ES",
        (Organisation("Sombra Urbana", "non_profit", "ES"),),
        "Pilar Ortega",
    ),
    Collaboration(
        "Night bus demand",
        "Operators and hospitals plan night shifts apart from each other.",
        "DE",
        (Organisation("Nachtlinie Verbund", "public_body", "DE"),),
        "Katrin Vogel",
    ),
    Collaboration(
        "Soil carbon exchange",
        "Farmers measure carbon in ways that buyers cannot compare.",
        "FR",
        (Organisation("Terres Communes", "non_profit", "FR"),),
        "Mathieu Roux",
    ),
    Collaboration(
        "Quiet seas",
        "Ships, fishers and biologists each hear the sea, and nobody hears all of it.",
        "PT",
        (Organisation("Mar Aberto", "non_profit", "PT"),),
        "Beatriz Sousa",
    ),
)
