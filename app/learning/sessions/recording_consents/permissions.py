"""Who reads of consents to be recorded."""

from typing import Final

from app.kernel.audiences import audiences

AUDIENCES: Final = audiences(to_team=("learning_session.recording_consent_changed",))
