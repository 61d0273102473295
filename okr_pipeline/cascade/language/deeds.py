"""Readings in which somebody does something to a technology, or work is redone around one.

Each takes the title's words and its main clause and yields the words that say so.
"""

from collections.abc import Iterator

from okr_pipeline.cascade.language.clauses import begins, is_in, object_end, serves_people
from okr_pipeline.cascade.language.lists import Group, Span, phrases
from okr_pipeline.cascade.language.technology import SystemNames, ends_in_technology
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
        if ends_in_technology(clause[verb.end : end], systems):
            yield Span(verb.start, end)


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
        has_purpose = any(is_in(word, "purposes") for word in words[end:])
        is_about_score = bool(phrases("scores").find(thing))
        if begins(clause, verb) and not has_purpose and not is_about_score and ends_in_technology(thing, systems):
            yield Span(verb.start, end)


def reworks(_words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``digitise claims intake using OCR``, ``move customer service onto a cloud platform``."""
    for verb in phrases("rework_verbs").find(clause):
        if begins(clause, verb):
            yield from _leads_to_technology(clause, verb, "rework_means", systems)


def equips(_words: Words, clause: Words, systems: SystemNames) -> Iterator[Span]:
    """Yield ``empower every employee with generative AI``."""
    for verb in phrases("equip_verbs").find(clause):
        if begins(clause, verb):
            yield from _leads_to_technology(clause, verb, "equip_means", systems)


def _leads_to_technology(clause: Words, verb: Span, means: Group, systems: SystemNames) -> Iterator[Span]:
    """Yield the words from a verb to a technology that one of ``means`` leads to."""
    for at in range(verb.end, len(clause)):
        end = object_end(clause, at + 1)
        if is_in(clause[at], means) and ends_in_technology(clause[at + 1 : end], systems):
            yield Span(verb.start, end)
