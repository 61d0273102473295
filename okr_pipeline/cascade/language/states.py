"""Readings in which a technology is there: finished, live, owned, or the aim itself.

Each takes the title's words and its main clause and yields the words that say so.
"""

from collections.abc import Iterator

from okr_pipeline.cascade.language.clauses import is_in, object_end, says_what_for, serves_people
from okr_pipeline.cascade.language.lists import Span, phrases
from okr_pipeline.cascade.language.technology import SystemNames, ends_in_technology
from okr_pipeline.cascade.language.words import Words

_BECOMING = frozenset({"become", "be", "are", "turn", "transform"})
_NOUN_AFTER_WORDS_MAX_COUNT = 3


def is_finished(_words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``a retrieval system is implemented``, ``ten use cases in production``."""
    without_verb = {span.start for span in phrases("state_phrases").find(clause)}
    for state in phrases("finished_states").find(clause):
        has_verb = state.start > 0 and is_in(clause[state.start - 1], "auxiliaries")
        is_participle = clause[state.start].lower.endswith("ed") and state.start > 0
        if not (has_verb or is_participle or state.start in without_verb):
            continue
        subject = clause[: state.start - 1 if has_verb else state.start]
        subject = subject[: object_end(subject, 0)]
        if ends_in_technology(subject, systems):
            yield Span(0, state.end)


def goes_live(_words: Words, clause: Words, _systems: SystemNames) -> Iterator[Span]:
    """Yield ``the reader goes live``; customers who go live with their own shop are an outcome."""
    for span in phrases("always_built").find(clause):
        if not serves_people(clause[: span.start]):
            yield Span(0, span.end)


def stands_on(words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``claims handling is powered by AI``, ``all adjusters are onboarded to the tool``."""
    for span in (*phrases("carriers").find(words), *phrases("onboarding").find(words), *_done_by(words)):
        end = object_end(words, span.end)
        if span.start < len(clause) and ends_in_technology(words[span.end : end], systems):
            yield Span(0, end)


def _done_by(words: Words) -> Iterator[Span]:
    """Yield ``is scored by``, ``are written with``."""
    for at in range(1, len(words) - 1):
        is_passive = is_in(words[at - 1], "auxiliaries") and words[at].lower.endswith(("ed", "en"))
        if is_passive and words[at + 1].lower in ("by", "with"):
            yield Span(at, at + 2)


def takes_over(_words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``AI agents handle first-line support``; where people appear it is about them, and fine."""
    for verb in phrases("takeover_verbs").find(clause):
        if ends_in_technology(clause[: verb.start], systems) and not serves_people(clause[verb.end :]):
            yield Span(0, verb.end)


def is_owned(words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``every process has an AI agent``; ``customers have an app that they love`` says what for."""
    for verb in phrases("owning").find(clause):
        end = object_end(clause, verb.end)
        has_subject = verb.start > 0 and clause[verb.start - 1].lower != "to"
        if has_subject and not says_what_for(words, end) and ends_in_technology(clause[verb.end : end], systems):
            yield Span(0, end)


def is_announced(_words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``successful deployment of the algorithm``, ``chatbot rollout``; silent where it is measured."""
    if any(is_in(word, "movements") for word in clause):
        return
    for noun in phrases("build_nouns").find(clause):
        if noun.start > _NOUN_AFTER_WORDS_MAX_COUNT or serves_people(clause[: noun.start]):
            continue
        is_of = noun.end < len(clause) and is_in(clause[noun.end], "build_noun_means")
        end = object_end(clause, noun.end + 1)
        if is_of and ends_in_technology(clause[noun.end + 1 : end], systems):
            yield Span(noun.start, end)
        elif noun.start > 0 and ends_in_technology(clause[: noun.start], systems):
            yield Span(0, noun.end)


def is_aim(_words: Words, clause: Words, _systems: SystemNames) -> Iterator[Span]:
    """Yield ``become an AI-first company``."""
    for span in phrases("technology_aims").find(clause):
        if any(word.forms & _BECOMING for word in clause[: span.start]):
            yield Span(0, span.end)
