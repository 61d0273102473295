"""Whether a title counts what a machine puts out, or names a score that only the machine has.

``80 % of agreements are processed without escalation`` counts nothing: it is a share, and says how. ``3000 invoices
processed`` is a count. So whatever sets the number against time, money, quality or people makes it no mere count.
"""

from collections.abc import Iterable

from okr_pipeline.cascade.language.lists import Group, Span, phrases
from okr_pipeline.cascade.language.technology import NO_SYSTEMS, SystemNames
from okr_pipeline.cascade.language.words import Words, read, text

NEAR_WORDS_MAX_COUNT = 4
SCORE_WORDS_MAX_COUNT = 7  # ``recall above 90 % for the fraud detection model``
BARE_WORDS_MAX_COUNT = 9
NAME_WORDS_MAX_COUNT = 4
FEW_COUNT = 20  # below it a number is part of a phrase, e.g. ``in 3 markets``
_YEARS = range(1990, 2101)
_PARTS = ("%", "percent", "thirds", "quarters", "fifths", "tenths")
_WHOLES = ("of", "a", "hundred", "thousand")
_ORDINALS = ("second", "third", "fourth", "fifth", "tenth", "other", "single")


def counted_output(title: str, systems: SystemNames = NO_SYSTEMS, *, needs_quantity: bool = False) -> str | None:
    """Return the words for what is counted, e.g. ``summaries``, or None if the title counts no output.

    Args:
        title: Title of an objective or key result.
        systems: Names of registered AI systems, a sign that a machine does it.
        needs_quantity: Whether something must say that it is counted; a bare ``API calls`` then is none.
    """
    words = read(title)
    traffic, machine_pieces, work_pieces = (
        phrases(group).find(words) for group in ("traffic", "machine_pieces", "work_pieces")
    )
    if not (traffic or machine_pieces or work_pieces):
        return None
    marks = phrases("outcome_marks").find(words)
    if traffic:  # prompts stay prompts, per employee too
        marks = tuple(span for span in marks if words[span.start].lower != "per")
    if marks or _is_share(words):
        return None
    numbers = (Span(at, at + 1) for at in range(len(words)) if _is_quantity(words, at))
    quantities = (*phrases("quantities").find(words), *numbers)
    is_bare = not needs_quantity and len(words) <= BARE_WORDS_MAX_COUNT and not phrases("finite_verbs").find(words)
    verbs = phrases("production_verbs").find(words)
    machines = (*phrases("machine_marks").find(words), *systems.find(words))
    means = [Span(at, at + 1) for at, word in enumerate(words) if word.lower in ("by", "with")]
    for span in traffic:
        if _is_near(span, quantities) or (is_bare and (verbs or len(words) <= NAME_WORDS_MAX_COUNT)):
            return text(words[span.start : span.end])
    for span in machine_pieces:
        if _is_near(span, phrases("counts").find(words)):
            return text(words[span.start : span.end])
    for span in work_pieces:
        done = [verb for verb in verbs if verb.start != span.start]
        is_done_by = any(_is_near(mean, machines) for mean in means if mean.start > span.start)
        is_made = _is_near(span, done) or _is_by_machine(words, span) or is_done_by
        if is_made and (_is_near(span, quantities) or (is_bare and machines)):
            return text(words[span.start : span.end])
    return None


def machine_score(title: str) -> str | None:
    """Return the score that a title names for a machine, e.g. ``accuracy``, or None."""
    words = read(title)
    for span in phrases("machine_scores").find(words):
        return text(words[span.start : span.end])
    machines = [
        span
        for span in phrases("machines").find(words)
        if not _follows(words, span, "human_use") and not _is_way_of_working(words, span)
    ]
    for span in phrases("scores").find(words):
        is_participle = words[span.start].lower.endswith("ed")  # ``scored by a model``
        if not is_participle and _is_near(span, machines, SCORE_WORDS_MAX_COUNT):
            return text(words[span.start : span.end])
    return None


def _is_by_machine(words: Words, span: Span) -> bool:
    """Tell whether the word before says that it is a machine's, as in ``bot messages``; a model contract is none."""
    if span.start == 0 or phrases("other_models").at(words, span.start) is not None:
        return False
    return phrases("machine_marks").at(words, span.start - 1) is not None


def _is_near(span: Span, others: Iterable[Span], most: int = NEAR_WORDS_MAX_COUNT) -> bool:
    """Tell whether one of the others stands at most a few words away."""
    return any(max(other.start - span.end, span.start - other.end) <= most for other in others)


def _is_quantity(words: Words, at: int) -> bool:
    """Tell whether a number counts things: it is no share, duration, amount, year or growth."""
    number = words[at].number
    if number is None or number < FEW_COUNT or (number in _YEARS and "," not in words[at].text):
        return False
    is_count = at + 1 == len(words) or phrases("no_counts").at(words, at + 1) is None
    return is_count and not (at > 0 and words[at - 1].lower in ("by", "article"))


def _is_share(words: Words) -> bool:
    """Tell whether the title is about a part of a whole: ``80 %``, ``three of four``, ``every second``."""
    spelt = [word.lower for word in words]
    for at, here in enumerate(spelt[:-1]):
        after = spelt[at + 1]
        grows = at > 0 and spelt[at - 1] == "by"
        if _is_number(words, at) and after in _PARTS and not grows:
            return True
        of_some = after in ("of", "in", "out") and at + 2 < len(words)
        if _is_number(words, at) and of_some and (_is_number(words, at + 2) or spelt[at + 2] in _WHOLES):
            return True
        if here == "every" and after in _ORDINALS:
            return True
    return False


def _is_number(words: Words, at: int) -> bool:
    return words[at].number is not None or phrases("numerals").at(words, at) is not None


def _follows(words: Words, span: Span, group: Group) -> bool:
    return span.end < len(words) and phrases(group).at(words, span.end) is not None


def _is_way_of_working(words: Words, span: Span) -> bool:
    return span.start > 0 and phrases("other_models").at(words, span.start - 1) is not None
