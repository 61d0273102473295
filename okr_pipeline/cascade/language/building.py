"""Whether a title says what is built instead of what is achieved.

What comes first decides. ``Roll out agent assist so that customers get answers at once`` says what to build and
appends a hope: it would be finished, and wrong, with every agent on a tool that helps nobody. ``Answer customers at
once with agent assist`` says what to achieve. So only the main clause is read.
"""

from okr_pipeline.cascade.language import deeds, states
from okr_pipeline.cascade.language.clauses import main_clause
from okr_pipeline.cascade.language.technology import NO_SYSTEMS, SystemNames
from okr_pipeline.cascade.language.words import read, text

_READINGS = (
    deeds.builds,
    deeds.pushes,
    deeds.makes_available,
    deeds.uses,
    deeds.sets_up_around,
    states.is_finished,
    states.goes_live,
    states.stands_on,
    states.takes_over,
    states.is_owned,
    states.is_announced,
    states.is_aim,
)


def what_is_built(title: str, systems: SystemNames = NO_SYSTEMS) -> str | None:
    """Return the words that name something built, or None if the title names none.

    Args:
        title: Title of an objective.
        systems: Names of registered AI systems, which count as technology.
    """
    words = read(title)
    clause = main_clause(words)
    found = (span for reading in _READINGS for span in reading(words, clause, systems))
    first = next(found, None)
    return None if first is None else text(words[first.start : first.end])
