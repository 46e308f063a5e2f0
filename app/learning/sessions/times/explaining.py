"""Why these times were found, in plain sentences."""

from collections.abc import Iterator

from app.learning.sessions.times.finding import Found


def reason(found: Found) -> str:
    """Who can come, what is borne, whether nothing is better, and what two sittings would bring."""
    return " ".join(_sentences(found))


def _sentences(found: Found) -> Iterator[str]:
    times, two = found.times, found.in_two_sittings
    if times.absences:
        yield "Not everybody can come to each session: no other times let more come."
    else:
        yield "Everybody can come to each session."
    yield f"The worst off bears {times.worst}, and all together {times.total}."
    if found.is_proved:
        yield "No times are better for the worst off, and none as good for them are better for all."
    else:
        yield f"It was not searched to the end: the worst off bears at least {found.bound}."
        if not found.by_highs:
            yield "An exact solver is not installed here."
    if two is None:
        return
    yield f"In two sittings the worst off would bear {two.worst}, and all together {two.total}."
    if two.absences < times.absences:
        yield "More could come."
