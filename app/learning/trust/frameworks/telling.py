"""What is told of frameworks and their versions."""

from typing import Final

from app.learning.trust.frameworks.access import FrameworkNotFound, FrameworkVersionNotFound
from app.learning.trust.frameworks.lifecycle import FRAMEWORK_VERSION
from app.learning.trust.frameworks.models import Framework, FrameworkVersion
from app.learning.trust.frameworks.schemas import (
    FrameworkOut,
    FrameworkPage,
    FrameworkVersionDocumentOut,
    FrameworkVersionOut,
    FrameworkVersionPage,
)
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

FRAMEWORKS: Final = Telling(
    FrameworkOut,
    Framework,
    "framework.read",
    missing=FrameworkNotFound,
    sorts={
        "slug": (Framework.slug, Framework.id),
        "created_at": (Framework.created_at, Framework.id),
    },
    page_of=FrameworkPage,
)
FRAMEWORK_VERSIONS: Final = Telling(
    FrameworkVersionOut,
    FrameworkVersion,
    "framework.read",
    missing=FrameworkVersionNotFound,
    lifecycle=FRAMEWORK_VERSION,
    sorts={"created_at": (FrameworkVersion.created_at, FrameworkVersion.id)},
    page_of=FrameworkVersionPage,
)
DOCUMENTS: Final = Telling(
    FrameworkVersionDocumentOut,
    FrameworkVersion,
    "framework.read",
    missing=FrameworkVersionNotFound,
    told={"document": FrameworkVersion.document},
)
OF_FRAMEWORK: Final = Within(
    FrameworkVersion.framework_id, Framework, "framework.read", FrameworkNotFound
)
FRAMEWORKS_AS_CSV: Final = exported("frameworks", FRAMEWORKS)
FRAMEWORK_VERSIONS_AS_CSV: Final = exported("framework-versions", FRAMEWORK_VERSIONS)
