"""The groups of `word_lists.yml`, and where their phrases stand in a title."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import yaml

from okr_pipeline.cascade.language.words import Words, read
from okr_pipeline.cascade.yaml_reader import SAFE_LOADER

WORD_LISTS = Path(__file__).parents[1] / "word_lists.yml"
Group = Literal[
    "build_verbs",
    "push_verbs",
    "pushed_nouns",
    "use_verbs",
    "build_nouns",
    "build_noun_means",
    "finished_states",
    "state_phrases",
    "always_built",
    "rework_verbs",
    "means",
    "phrasal_verbs",
    "particles",
    "carriers",
    "takeover_verbs",
    "owning",
    "onboarding",
    "fields_of_technology",
    "products_of_technology",
    "things",
    "bare_things",
    "other_models",
    "technology_aims",
    "adverbs",
    "beginnings",
    "boundaries",
    "clause_ends",
    "purposes",
    "people_served",
    "movements",
    "machine_scores",
    "scores",
    "machines",
    "human_use",
    "traffic",
    "machine_pieces",
    "counts",
    "work_pieces",
    "production_verbs",
    "machine_marks",
    "quantities",
    "outcome_marks",
    "numerals",
    "no_counts",
    "finite_verbs",
    "auxiliaries",
    "determiners",
]
GROUPS: tuple[Group, ...] = get_args(Group)


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a title that a phrase covers: from ``start`` up to and without ``end``."""

    start: int
    end: int


class Phrases:
    """Phrases that can be found in a title."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Take phrases as people write them; they are split as titles are."""
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in phrases:
            words = tuple(word.lower for word in read(phrase))
            if words:
                self._by_first.setdefault(words[0], []).append(words)
        self._first = frozenset(self._by_first)

    def at(self, words: Words, start: int) -> Span | None:
        """Return the longest phrase that begins at a word, or None."""
        longest = 0
        for form in words[start].forms & self._first:
            for phrase in self._by_first[form]:
                rest = words[start : start + len(phrase)]
                if len(rest) == len(phrase) > longest and all(
                    part in word.forms for part, word in zip(phrase, rest, strict=True)
                ):
                    longest = len(phrase)
        return Span(start, start + longest) if longest else None

    def find(self, words: Words) -> tuple[Span, ...]:
        """Return every place where a phrase begins, from left to right; places may overlap."""
        # Nearly no word begins a phrase, and this is the inner loop of every reading.
        starts = [at for at, word in enumerate(words) if not self._first.isdisjoint(word.forms)]
        return tuple(span for start in starts if (span := self.at(words, start)) is not None)


@cache
def phrases(group: Group) -> Phrases:
    """Return a group of `word_lists.yml`."""
    return Phrases(_contents()[group]["words"])


@cache
def _contents() -> dict[str, dict[str, list[str]]]:
    text = WORD_LISTS.read_text(encoding="utf-8")
    contents: dict[str, dict[str, list[str]]] = yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506
    return contents
