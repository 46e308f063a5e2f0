"""The collaborations of the cohort that is under way. All of it is invented."""

from typing import Final

from app.network.collaborations.chapter import CollaborationScript
from app.people.organisations.chapter import OrganisationScript
from app.people.organisations.models import OrganisationKind

RIVER: Final = CollaborationScript(
    "River levels together",
    "Villages along a river each measure it, and none can warn the next.",
    "GB",
    (
        OrganisationScript("Upper Teme Trust", OrganisationKind.NON_PROFIT, "GB"),
        OrganisationScript("Borderland Council", OrganisationKind.PUBLIC_BODY, "GB"),
    ),
    lead="Amara Nwosu",
    member="Zoe Ashdown",
)
HOMES: Final = CollaborationScript(
    "Warm homes register",
    "Retrofit firms and councils do not know which homes have been insulated.",
    "IE",
    (OrganisationScript("Hearth Data Cooperative", OrganisationKind.COMPANY, "IE"),),
    lead="Eoin Brady",
)
SHADE: Final = CollaborationScript(
    "Shared shade map",
    "Cities plant trees without knowing where heat and shade already are.",
    "ES",
    (OrganisationScript("Sombra Urbana", OrganisationKind.NON_PROFIT, "ES"),),
    lead="Pilar Ortega",
)
ALLOTMENTS: Final = CollaborationScript(
    "Allotment harvests",
    "Nobody knows how much food a city's allotments grow, so planners count them as idle land.",
    "NL",
    (OrganisationScript("Volkstuin Collectief", OrganisationKind.NON_PROFIT, "NL"),),
    lead="Femke de Boer",
)
BUSES: Final = CollaborationScript(
    "Night bus demand",
    "Operators and hospitals plan night shifts apart from each other.",
    "DE",
    (OrganisationScript("Nachtlinie Verbund", OrganisationKind.PUBLIC_BODY, "DE"),),
    lead="Katrin Vogel",
)
SOIL: Final = CollaborationScript(
    "Soil carbon exchange",
    "Farmers measure carbon in ways that buyers cannot compare.",
    "FR",
    (OrganisationScript("Terres Communes", OrganisationKind.NON_PROFIT, "FR"),),
    lead="Mathieu Roux",
)
SEAS: Final = CollaborationScript(
    "Quiet seas",
    "Ships, fishers and biologists each hear the sea, and nobody hears all of it.",
    "PT",
    (OrganisationScript("Mar Aberto", OrganisationKind.NON_PROFIT, "PT"),),
    lead="Beatriz Sousa",
)
