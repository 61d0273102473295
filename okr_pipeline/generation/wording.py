"""Titles of a draft: what people get for objectives, the metric's own definition and the target for key results.

The phrases stand in ``phrases.yml``; which figure a title stands above is decided elsewhere.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from okr_pipeline.cascade.metric import Metric
from okr_pipeline.generation.draft import DraftTarget

PHRASES_FILE = Path(__file__).with_name("phrases.yml")
OWN_WORDS = "Say in your own words what customers or colleagues get."
_HEAD = re.compile(r"[^:;.]+(?:\.(?=\S)[^:;.]+)*")
_HEAD_CHARACTERS_MAX_COUNT = 150
Place = Literal["executive", "business_unit", "team", "team_again", "launch"]


@cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    phrases: Mapping[str, Mapping[str, str]] = yaml.safe_load(PHRASES_FILE.read_text(encoding="utf-8"))
    return phrases


def executive_title(kind: str, functions: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the title of an executive objective and its questions.

    Args:
        kind: kind of its bet.
        functions: functions of its key results' metrics.
    """
    table = _phrases()["people"]
    known = all(function in table for function in functions)
    people = " and ".join(dict.fromkeys(table.get(function, table["other"]) for function in functions))
    return _phrases()["executive"][kind].format(people=people), () if known else (OWN_WORDS,)


def objective_title(place: Place, function: str, unit_title: str) -> tuple[str, tuple[str, ...]]:
    """Return the title of an objective below the executive level, and its questions."""
    table = _phrases()[place]
    phrase = table.get(function)
    unit = unit_title[:1].lower() + unit_title[1:]
    if phrase is None:
        return table["other"].format(unit=unit), (OWN_WORDS,)
    return phrase.format(unit=unit), ()


def key_result_title(metric: Metric, unit_title: str, target: DraftTarget, segment_title: str | None) -> str:
    """Return a key result's title: where, what the metric is, and what is to be reached."""
    found = _HEAD.match(metric.definition)
    head = (found.group() if found else metric.name).strip()
    if len(head) > _HEAD_CHARACTERS_MAX_COUNT:
        head = head[: _HEAD_CHARACTERS_MAX_COUNT - 1].rsplit(" ", 1)[0] + "…"
    head = head if head[:2].isupper() else head[:1].lower() + head[1:]
    where = unit_title if segment_title is None else f"{unit_title} with {segment_title}"
    return f"{where}: {head}, {_target_words(metric, target)}"


def _target_words(metric: Metric, target: DraftTarget) -> str:
    if target.operator == "reduce_by_at_least":
        return f"at least {target.value.replace('%', ' %')} lower than before the cycle"
    if target.operator == "increase_by_at_least":
        return f"at least {target.value.replace('%', ' %')} higher than before the cycle"
    if target.operator == "between":
        low, high = target.value.strip("[]").split(", ")
        words = f"{_spelt(metric, low)} and {_spelt(metric, high)}"
    else:
        words = _spelt(metric, target.value)
    return f"{target.operator.replace('_', ' ')} {words}"


def _spelt(metric: Metric, value: str) -> str:
    if metric.unit in ("ratio", "share"):
        return f"{float(value) * 100:g} %"
    unit = "" if metric.unit in ("count", "score", "exceptions_per_thousand") else f" {metric.unit.replace('_', ' ')}"
    return f"{value}{unit}"
