"""The parts of a title: its main clause, the object of a verb, and whether a verb begins it.

What the parts mean does not belong here.
"""

from okr_pipeline.cascade.language.lists import Group, Span, phrases
from okr_pipeline.cascade.language.words import Word, Words


def main_clause(words: Words) -> Words:
    """Return the words up to the first reason, condition, purpose or mark."""
    ends = phrases("clause_ends")
    cut = (at for at in range(1, len(words)) if words[at].is_mark or ends.at(words, at) is not None)
    return words[: next(cut, len(words))]


def object_end(words: Words, start: int) -> int:
    """Return where the noun phrase that begins at ``start`` ends: at a preposition, a conjunction, ``is`` or a mark."""
    for position in range(start, len(words)):
        word = words[position]
        if word.is_mark or is_in(word, "boundaries") or is_in(word, "auxiliaries"):
            return position
    return len(words)


def begins(clause: Words, verb: Span) -> bool:
    """Tell whether a verb is the first thing a title says, as in ``We will deploy ...``.

    ``Pilots know their roster`` begins with a noun: one word in -s.
    """
    is_noun = verb.start == 0 and verb.end == 1 and clause[0].lower.endswith("s")
    return not is_noun and all(is_in(word, "beginnings") for word in clause[: verb.start])


def serves_people(part: Words) -> bool:
    """Tell whether words speak of the people for whom the organisation works."""
    return any(is_in(word, "people_served") for word in part)


def says_what_for(words: Words, start: int) -> bool:
    """Tell whether a purpose, a reason or a condition follows; ``to the legal department`` is a place."""
    for at in range(start, len(words)):
        is_place = words[at].lower == "to" and at + 1 < len(words) and is_in(words[at + 1], "determiners")
        if is_in(words[at], "purposes") and not is_place:
            return True
    return False


def is_in(word: Word, group: Group) -> bool:
    """Tell whether one word belongs to a group."""
    return phrases(group).at((word,), 0) is not None
