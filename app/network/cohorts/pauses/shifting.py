"""What leave makes of a due date: a calculation on days, as the member reads the calendar."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Leave:
    """From which day, until the day on which the member is back; whether due dates move by it."""

    began_on: date
    returns_on: date
    moves_due_dates: bool

    @property
    def length(self) -> timedelta:
        return max(self.returns_on - self.began_on, timedelta())


def moved_when_it_begins(due_on: date, leave: Leave) -> date:
    """A due date that was to come moves by the length of the leave, where that was agreed."""
    if leave.moves_due_dates and due_on >= leave.began_on:
        return due_on + leave.length
    return due_on


def moved_when_it_ends(due_on: date, leave: Leave, back_on: date, *, was_moved: bool) -> date:
    """The due date of a member that is back on a day.

    What had moved gives back the days that were not used, or moves by those that were used
    besides; what fell due meanwhile is due on the day of return.
    """
    if was_moved:
        due_on += back_on - leave.returns_on
    fell_due_meanwhile = leave.began_on <= due_on < back_on
    return back_on if fell_due_meanwhile else due_on
