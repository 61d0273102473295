"""Baselines and targets: a threshold or a range, never one exact number.

How far a value has come towards its target is not decided here.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import ConfigDict, Field, model_validator

from okr_pipeline.cascade.definition import Amount, Definition, Label, Percent, WeekRange, refusal
from okr_pipeline.cascade.issues import shown
from okr_pipeline.cascade.weeks import parse_week_range

Operator = Literal["at_most", "at_least", "between", "reduce_by_at_least", "increase_by_at_least"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
_ALLOWED = f"exactly one of {', '.join(OPERATORS)}"


class Target(Definition):
    """What a key result is to reach: exactly one of the five operators."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    at_most: Amount | None = None
    """Reached at or below this value."""
    at_least: Amount | None = None
    """Reached at or above this value."""
    between: tuple[Amount, Amount] | None = None
    """Reached within this range, ends included."""
    reduce_by_at_least: Annotated[Percent, Field(gt=0, le=1)] | None = None
    """Reached when the value lies at least this far below the baseline, e.g. ``25%``."""
    increase_by_at_least: Annotated[Percent, Field(gt=0, le=1000)] | None = None
    """Reached when the value lies at least this far above the baseline, e.g. ``40%``."""

    @model_validator(mode="before")
    @classmethod
    def _is_one_operator(cls, value: Any) -> Any:
        if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            raise refusal(
                f"the target is one exact number ({value})",
                _ALLOWED,
                f"write {{at_most: {value}}} or {{at_least: {value}}}",
            )
        if isinstance(value, dict) and not value.keys() - set(OPERATORS) and len(value) != 1:
            seen = f"{len(value)} operators ({', '.join(value)})" if value else "no operator"
            raise refusal(f"the target has {seen}", _ALLOWED, "keep one")
        if isinstance(value, dict) and value.keys() <= set(OPERATORS) and None in value.values():
            raise refusal("the target has no value", _ALLOWED, "write the value after the operator")
        return value

    @model_validator(mode="after")
    def _range_is_ordered(self) -> Self:
        if self.between is not None and self.between[0] >= self.between[1]:
            low, high = self.between
            raise refusal(
                f"{low:g} to {high:g} is not a range",
                "the lower end, then a higher one",
                "widen the range or correct its order",
                at=("between",),
            )
        return self

    @property
    def operator(self) -> Operator:
        """The operator that the target uses."""
        return next(name for name in OPERATORS if getattr(self, name) is not None)

    @property
    def is_relative(self) -> bool:
        """Whether the target is a change against the baseline."""
        return self.reduce_by_at_least is not None or self.increase_by_at_least is not None

    @property
    def direction(self) -> Literal["down", "up", "within"]:
        """Where the value has to go."""
        if self.between is not None:
            return "within"
        return "up" if self.at_least is not None or self.increase_by_at_least is not None else "down"

    def bounds(self, baseline: float) -> tuple[float | None, float | None]:
        """Return the lowest and highest value that meets the target, in the metric's unit; None is unbounded.

        Args:
            baseline: Value that a relative target changes; a negative one is changed by its magnitude.
        """
        if self.between is not None:
            return self.between
        if self.reduce_by_at_least is not None:
            return None, baseline - abs(baseline) * self.reduce_by_at_least
        if self.increase_by_at_least is not None:
            return baseline + abs(baseline) * self.increase_by_at_least, None
        return self.at_least, self.at_most

    def words(self) -> str:
        """Return the target as words for people, e.g. ``reduce by at least 25%``."""
        value = getattr(self, self.operator)
        if self.is_relative:
            return f"{self.operator.replace('_', ' ')} {value * 100:g}%"
        if self.between is not None:
            return f"between {self.between[0]:g} and {self.between[1]:g}"
        return f"{self.operator.replace('_', ' ')} {value:g}"


class Baseline(Definition):
    """Where a key result starts: a number with its source, or the weeks over which it is measured."""

    value: Amount | None = None
    """The value before the change, in the metric's unit."""
    source: Label | None = None
    """Where the value comes from; required with `value`."""
    measured_over: WeekRange | None = None
    """Weeks over which the pipeline measures the baseline itself."""

    @model_validator(mode="before")
    @classmethod
    def _is_known_form(cls, value: Any) -> Any:
        allowed = "{value: 480, source: ...} or {measured_over: 2026-W14..2026-W26}"
        if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            raise refusal(f"the baseline {shown(value)} has no source", allowed, "say where the number comes from")
        if isinstance(value, dict) and not value.keys() - {"value", "source", "measured_over"}:
            if "measured_over" in value and len(value) > 1:
                raise refusal("the baseline is both given and measured", allowed, "keep one of the two")
            if "measured_over" not in value and value.keys() != {"value", "source"}:
                missing = "source" if "value" in value else "value"
                raise refusal(f"the baseline has no {missing}", allowed, f"add the {missing}")
            if None in value.values():
                raise refusal("the baseline is empty", allowed, "write its value")
        return value

    @property
    def weeks(self) -> tuple[date, date] | None:
        """First and last Monday over which the baseline is measured; None when it is a given number."""
        return None if self.measured_over is None else parse_week_range(self.measured_over)
