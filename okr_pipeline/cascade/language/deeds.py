"""Readings in which somebody does something to a technology, or work is set up around one.

Each takes the title's words and its main clause and yields the words that say so.
"""

from collections.abc import Iterator

from okr_pipeline.cascade.language.clauses import begins, is_in, object_end, says_what_for, serves_people
from okr_pipeline.cascade.language.lists import Span, phrases
from okr_pipeline.cascade.language.technology import SystemNames, ends_in_technology, is_made_with_technology
from okr_pipeline.cascade.language.words import Words


def builds(_words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``deploy a chatbot``, ``IT launches a copilot``; not ``customers need to implement our software``."""
    for verb in phrases("build_verbs").find(clause):
        if not begins(clause, verb):
            before = clause[: verb.start]
            is_participle = clause[verb.start].lower.endswith(("ed", "ing"))
            if not before or before[-1].lower in ("to", "by") or serves_people(before) or is_participle:
                continue
        end = object_end(clause, verb.end)
        thing = clause[verb.end : end]
        if not _is_score(thing) and (ends_in_technology(thing, systems) or is_made_with_technology(thing)):
            yield Span(verb.start, end)


def pushes(_words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``drive AI adoption``, ``accelerate the chatbot rollout``."""
    for verb in phrases("push_verbs").find(clause):
        end = object_end(clause, verb.end)
        for noun in phrases("pushed_nouns").find(clause[:end]):
            is_last = noun.end == end and noun.start >= verb.end
            if is_last and begins(clause, verb) and ends_in_technology(clause[verb.end : noun.start], systems):
                yield Span(verb.start, noun.end)


def makes_available(_words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``roll the copilot out``, ``bring our use cases from pilot to production``."""
    for verb in phrases("phrasal_verbs").find(clause):
        end = object_end(clause, verb.end)
        particles = [span for span in phrases("particles").find(clause) if span.start > verb.start]
        if particles and begins(clause, verb) and ends_in_technology(clause[verb.end : end], systems):
            yield Span(verb.start, max(end, particles[-1].end))


def uses(words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``leverage AI across the business``; with a purpose behind it a use is a means, and fine."""
    for verb in phrases("use_verbs").find(clause):
        end = object_end(clause, verb.end)
        thing = clause[verb.end : end]
        is_plain = begins(clause, verb) and not says_what_for(words, end) and not _is_score(thing)
        if is_plain and ends_in_technology(thing, systems):
            yield Span(verb.start, end)


def sets_up_around(_words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``digitise claims intake using OCR``, ``equip advisers with an assistant``; silent where it is measured."""
    if any(is_in(word, "movements") for word in clause):
        return
    for verb in phrases("rework_verbs").find(clause):
        if not begins(clause, verb) or _is_score(clause[verb.end : object_end(clause, verb.end)]):
            continue
        for at in range(verb.end, len(clause)):
            end = object_end(clause, at + 1)
            if is_in(clause[at], "means") and ends_in_technology(clause[at + 1 : end], systems):
                yield Span(verb.start, end)


def _is_score(thing: Words) -> bool:
    return bool(phrases("scores").find(thing))
