"""A draft as YAML text: the order and form of the shipped example, a comment for each number, a question per guess.

The text depends on the draft alone, so the same draft gives the same bytes.
"""

import json
from collections.abc import Iterable, Iterator
from textwrap import wrap

from okr_pipeline.cascade.definition import LABEL_CHARACTERS_MAX_COUNT
from okr_pipeline.cascade.strategy import Cycle
from okr_pipeline.generation.draft import DraftClaim, DraftFile, DraftInitiative, DraftKeyResult, DraftObjective

_WIDTH = 116
HEAD = (
    "Drafted by `okr generate` from strategy, organisation, metric catalogue, AI systems and measured values.",
    "It is a proposal: answer the questions under `draft:` and delete each with its answer.",
)


def unit_text(file: DraftFile, cycle: Cycle, target_set_on: str) -> str:
    """Return the text of a unit's file; ends in a line break."""
    lines = list(_comments((*HEAD, *file.remarks), 0))
    lines += [f"cycle: {cycle.id}", f"org_unit: {file.org_unit}", f"level: {file.level}", f"owner: {_text(file.owner)}"]
    lines += ["", "objectives:"]
    for number, objective in enumerate(file.objectives):
        lines += [""] * (number > 0)
        lines += _objective(objective, cycle, target_set_on)
    if file.initiatives:
        lines += ["", "initiatives:"]
        for initiative in file.initiatives:
            lines += _initiative(initiative)
    return "\n".join(lines) + "\n"


def cycle_text(cycle: Cycle) -> str:
    """Return the text of a new cycle's file; ends in a line break."""
    lines = [*_comments(HEAD[:1], 0), f"id: {cycle.id}", f"start: {cycle.start}", f"end: {cycle.end}", "review_dates:"]
    return "\n".join([*lines, *(f"  - {day}" for day in cycle.review_dates)]) + "\n"


def _objective(objective: DraftObjective, cycle: Cycle, target_set_on: str) -> Iterator[str]:
    yield f"  - id: {objective.id}"
    yield f"    title: {_text(objective.title)}"
    if objective.derives_from is not None:
        yield f"    derives_from: {objective.derives_from}"
    if objective.bet is not None:
        yield f"    bet: {objective.bet}"
    yield from _questions(objective.questions, 4)
    yield "    key_results:"
    for number, result in enumerate(objective.key_results):
        if number:
            yield ""
        yield from _key_result(result, cycle, target_set_on)


def _key_result(result: DraftKeyResult, cycle: Cycle, target_set_on: str) -> Iterator[str]:
    segment = f", segment: {result.segment}" if result.segment else ""
    yield f"      - id: {result.id}"
    yield f"        title: {_text(result.title)}"
    yield f"        metric: {result.metric}"
    yield f"        where: {{org_unit: {result.unit}{segment}}}"
    yield from _comments((f"{result.baseline_note} in these weeks",), 8)
    yield f"        baseline: {{measured_over: {result.measured_over}}}"
    yield from _comments((result.target.note,), 8)
    yield f"        target: {{{result.target.operator}: {result.target.value}}}"
    yield f"        target_set_on: {target_set_on}"
    yield f"        window: {result.window}"
    yield f"        minimum_cases: {result.minimum_cases}"
    yield f"        weight: {result.weight}"
    yield f"        due: {cycle.end}"
    yield f"        trajectory: {{shape: {result.shape}, lag_weeks: {result.lag_weeks}}}"
    if result.claim is not None:
        yield f"        contributes: {_claim(result.claim)}"
    if result.compare_with is not None:
        yield f"        compare_with: {{org_unit: {result.compare_with}}}"
    if result.guarded_by:
        yield f"        guarded_by: {_names(result.guarded_by)}"
    if result.ai_systems:
        yield f"        ai_systems: {_names(result.ai_systems)}"
    if result.deploys is not None:
        yield f"        deploys: {result.deploys}"
    yield from _questions(result.questions, 8)


def _initiative(initiative: DraftInitiative) -> Iterator[str]:
    yield f"  - id: {initiative.id}"
    yield f"    title: {_text(initiative.title)}"
    yield f"    supports: {_names(initiative.supports)}"
    yield f"    ai_systems: {_names(initiative.ai_systems)}"


def _claim(claim: DraftClaim) -> str:
    low, high = (f"{ratio * 100 + 0:.10g}%" for ratio in (claim.low_ratio, claim.high_ratio))
    return f"{{moves_parent: [{low}, {high}], lag_weeks: {claim.lag_weeks}, source: {_text(claim.source)}}}"


def _questions(questions: Iterable[str], indent: int) -> Iterator[str]:
    asked = list(dict.fromkeys(questions))
    if asked:
        yield f"{' ' * indent}draft:"
        for question in asked:
            yield f"{' ' * indent}  - {_text(question)}"


def _comments(sentences: Iterable[str], indent: int) -> Iterator[str]:
    """Yield sentences as comments; a line break in a name must not end the comment."""
    for sentence in sentences:
        plain = " ".join(sentence.split())
        for line in wrap(plain, _WIDTH - indent, break_long_words=False, break_on_hyphens=False):
            yield f"{' ' * indent}# {line}"


def _names(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"


def _text(text: str) -> str:
    """Quote a text, whatever it holds: JSON's double quotes are YAML's."""
    cut = text if len(text) <= LABEL_CHARACTERS_MAX_COUNT else text[: LABEL_CHARACTERS_MAX_COUNT - 1] + "…"
    return json.dumps(cut, ensure_ascii=False)
