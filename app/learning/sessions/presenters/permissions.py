"""Who reads of who presents."""

from typing import Final

from app.kernel.audiences import audiences

AUDIENCES: Final = audiences(to_all=("session_series.presenters_rotated",))
