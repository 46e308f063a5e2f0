"""What is told of announcements."""

from typing import Final

from app.network.cohorts.access import CohortNotFound
from app.network.cohorts.announcements.access import AnnouncementNotFound, is_readable
from app.network.cohorts.announcements.lifecycle import ANNOUNCEMENT
from app.network.cohorts.announcements.models import Announcement
from app.network.cohorts.announcements.schemas import AnnouncementOut, AnnouncementPage
from app.network.cohorts.models import Cohort
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

_OF_COMMONS: Final = "directory.read"

ANNOUNCEMENTS: Final = Telling(
    AnnouncementOut,
    Announcement,
    "announcement.read",
    missing=AnnouncementNotFound,
    lifecycle=ANNOUNCEMENT,
    seen=is_readable,
    for_everyone=True,
    sorts={"created_at": (Announcement.created_at, Announcement.id)},
    latest_first=True,
    page_of=AnnouncementPage,
)
OF_COHORT: Final = Within(
    Announcement.cohort_id,
    Cohort,
    _OF_COMMONS,
    CohortNotFound,
    seen=lambda by: by.reaches(_OF_COMMONS, Cohort.commons_id),
)
ANNOUNCEMENTS_AS_CSV: Final = exported("announcements", ANNOUNCEMENTS)
