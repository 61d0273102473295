"""Figures as people read them: rounded, with their unit.

Sentences are built where the decision is made; only the spelling of numbers belongs here.
"""

from math import floor, isfinite, log10

from okr_pipeline.cascade.progress import TargetRange

_SHARE_UNITS = ("ratio", "share", "rate")
_PLAIN_UNITS = ("count", "score")


def figure(value: float, unit: str) -> str:
    """Spell a value with its unit: ``38.2 %``, ``EUR 1,240``, ``312 seconds``, ``5.2 days``."""
    word = unit.partition("(")[0].strip().lower()
    if word in _SHARE_UNITS:
        return f"{_rounded(value * 100)} %"
    if word == "eur":
        return f"EUR {_rounded(value)}"
    return _rounded(value) if word in _PLAIN_UNITS else f"{_rounded(value)} {unit}"


def target_phrase(target: TargetRange, unit: str) -> str:
    """Spell a target: ``at most 270 seconds``, ``at least 70 %``, ``between 3 days and 5 days``."""
    if target.low is not None and target.high is not None:
        return f"between {figure(target.low, unit)} and {figure(target.high, unit)}"
    if target.low is not None:
        return f"at least {figure(target.low, unit)}"
    return "undecided" if target.high is None else f"at most {figure(target.high, unit)}"


def percent(ratio: float) -> str:
    """Spell a ratio as a whole percentage: 0.38 -> ``38 %``; -0.0 has no sign."""
    return f"{round(ratio * 100) + 0:,} %"


def counted(number: float, noun: str) -> str:
    """Spell a count with its noun: ``1 week``, ``3 weeks``."""
    return f"{number:,.0f} {noun}{'' if number == 1 else 's'}"


def _rounded(value: float) -> str:
    """Round to three significant digits, but never round whole numbers away; thousands are separated."""
    if not isfinite(value):
        return "unknown"
    if value == 0:
        return "0"
    decimals = max(2 - floor(log10(abs(value))), 0)
    text = f"{value:,.{min(decimals, 6)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
