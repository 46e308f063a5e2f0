"""What is publicly known of the network that the demonstration replays, in our own words.

Organisations, collaborations of the first cohort, dates, numbers of places and the size of awards
are facts of the peer learning network that the Open Data Institute ran with Microsoft from 2020.
People, the days on which a month that is known began, and the split of awards into milestones are
invented.
"""

from dataclasses import dataclass
from datetime import date

from app.funding.grants.models import TaxTreatment
from app.network.collaborations.chapter import CollaborationScript
from app.people.organisations.chapter import OrganisationScript
from app.people.organisations.models import OrganisationKind

ROSA = "Rosa Adeyemi"
KWAME = "Kwame Boateng"
HELEN = "Helen Marsh"


@dataclass(frozen=True)
class Cohort:
    """A cohort as it was announced and as it came about."""

    reference: str
    name: str
    focus: str
    announced_capacity: int | None
    """How many places were announced; None where no number was."""
    planned_start_on: date
    planned_end_on: date
    called_on: date
    applied_by: date
    selected_on: date
    contracted_on: date
    started_on: date
    ended_on: date
    coordinator: str
    award_minor: int | None
    """What each member was given; None where no sum is known."""
    collaborations: tuple[CollaborationScript, ...]
    tax_treatment: TaxTreatment = TaxTreatment.OUTSIDE
    reported_start_on: date | None = None
    """Since when the convenor counted it, where that is not the day on which it started."""
    override_reason: str | None = None


COHORT_1 = Cohort(
    reference="MS01",
    name="Trust and trustworthiness",
    focus="Early-stage data collaborations; trust among their participants and stakeholders.",
    announced_capacity=5,
    planned_start_on=date(2020, 12, 1),
    planned_end_on=date(2021, 5, 31),
    called_on=date(2020, 10, 22),
    applied_by=date(2020, 11, 13),
    selected_on=date(2020, 11, 20),
    contracted_on=date(2020, 11, 27),
    started_on=date(2020, 12, 1),
    ended_on=date(2021, 4, 30),
    reported_start_on=date(2020, 10, 22),
    coordinator=ROSA,
    award_minor=2_000_000,
    override_reason=(
        "Five places were announced. The sixth application was judged as strong as the fifth, and "
        "the funder agreed to a sixth award."
    ),
    collaborations=(
        CollaborationScript(
            "Data Cargo",
            "City planners lack the data that couriers' cargo bikes could gather as they ride.",
            "GB",
            (OrganisationScript("The Data Place", OrganisationKind.COMPANY, "GB"),),
            "Tom Penhale",
        ),
        CollaborationScript(
            "Caring for Equality in Buenos Aires' Labour Market",
            "Unpaid care work is invisible in labour statistics; indicators would show it.",
            "AR",
            (
                OrganisationScript("Open Data Charter", OrganisationKind.NON_PROFIT, "AR"),
                OrganisationScript(
                    "Buenos Aires City Statistics Bureau", OrganisationKind.PUBLIC_BODY, "AR"
                ),
            ),
            "Lucía Ferreyra",
        ),
        CollaborationScript(
            "MaaS-Peer",
            "Operators of mobility services hold data that travellers would need in one place.",
            "NO",
            (OrganisationScript("ITS Norway", OrganisationKind.NON_PROFIT, "NO"),),
            "Ingrid Solberg",
        ),
        CollaborationScript(
            "Open data for Non-communicable Diseases",
            "Clinics gather health data on chronic diseases that research cannot reach.",
            "IN",
            (OrganisationScript("iKure", OrganisationKind.COMPANY, "IN"),),
            "Anirban Dutta",
        ),
        CollaborationScript(
            "Packaging reuse data",
            "Reusable packaging cannot be followed across companies without a shared standard.",
            "GB",
            (
                OrganisationScript("Reath", OrganisationKind.COMPANY, "GB"),
                OrganisationScript("Zero Waste Scotland", OrganisationKind.PUBLIC_BODY, "GB"),
            ),
            "Isla Drummond",
        ),
        CollaborationScript(
            "Shanghai FinTech Innovation Data Collaboration",
            "Financial firms and regulators need a way to share data that each can trust.",
            "CN",
            (OrganisationScript("Open Data China", OrganisationKind.NON_PROFIT, "CN"),),
            "Feng Li",
        ),
    ),
)

COHORT_2 = Cohort(
    reference="PLN2",
    name="Stewards of open data",
    focus="Mature organisations that steward open data: the value it has in people's lives.",
    announced_capacity=None,
    planned_start_on=date(2021, 10, 1),
    planned_end_on=date(2022, 3, 31),
    called_on=date(2021, 8, 11),
    applied_by=date(2021, 9, 10),
    selected_on=date(2021, 9, 20),
    contracted_on=date(2021, 9, 27),
    started_on=date(2021, 10, 4),
    ended_on=date(2022, 3, 31),
    coordinator=ROSA,
    award_minor=None,
    collaborations=tuple(
        CollaborationScript(
            organisation,
            challenge,
            country,
            (OrganisationScript(organisation, OrganisationKind.NON_PROFIT, country),),
            lead,
        )
        for organisation, challenge, country, lead in (
            (
                "Global Biodiversity Information Facility",
                "Records of species lie scattered across museums and countries.",
                "DK",
                "Maja Holm",
            ),
            (
                "MetaBrainz Foundation",
                "Facts about recordings are locked in catalogues that do not agree.",
                "US",
                "Carla Reyes",
            ),
            (
                "Open Apparel Registry",
                "Nobody can say which factories make clothes without one shared list.",
                "US",
                "Dana Whitfield",
            ),
            (
                "Open Contracting Partnership",
                "Public contracts can only be scrutinised when they are published alike.",
                "US",
                "Sam Okoro",
            ),
            (
                "OpenStreetMap Foundation",
                "Maps that all may use must be kept up by those who use them.",
                "GB",
                "Nora Lindqvist",
            ),
            (
                "Wikimedia Foundation",
                "Structured knowledge needs stewards whom readers and machines can trust.",
                "US",
                "Ravi Menon",
            ),
            (
                "WikiRate",
                "What companies say of their impact cannot be compared without open questions.",
                "DE",
                "Jonas Weber",
            ),
        )
    ),
)

COHORT_3 = Cohort(
    reference="DIPP019",
    name="Data for climate resilience",
    focus="Data that helps places adapt to a changing climate and last.",
    announced_capacity=None,
    planned_start_on=date(2022, 11, 16),
    planned_end_on=date(2023, 3, 31),
    called_on=date(2022, 10, 3),
    applied_by=date(2022, 10, 26),
    selected_on=date(2022, 11, 4),
    contracted_on=date(2022, 11, 11),
    started_on=date(2023, 1, 11),
    ended_on=date(2023, 3, 31),
    coordinator=KWAME,
    award_minor=2_000_000,
    tax_treatment=TaxTreatment.NET,
    collaborations=(
        CollaborationScript(
            "Women Income Network",
            "Women who farm have no say in the climate data that decides over their fields.",
            None,
            (OrganisationScript("Women Income Network", OrganisationKind.NON_PROFIT),),
            "Grace Nakato",
        ),
        *(
            CollaborationScript(
                f"Member {number} of the third cohort",
                "Chosen among six; who it was is not known to us.",
                None,
                (),
                lead,
            )
            for number, lead in enumerate(
                ("Aled Pryce", "Bina Rao", "Carys Bowen", "Dele Adu", "Elif Kaya"), start=2
            )
        ),
    ),
)

PAST_COHORTS = (COHORT_1, COHORT_2, COHORT_3)
