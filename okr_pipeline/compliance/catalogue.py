"""The catalogue of obligations as it is written in `catalogue.yml`: read strictly, with file and line.

What an item means for a system is decided in `obligations`.
"""

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Self

from pydantic import model_validator

from okr_pipeline.cascade.definition import Definition, refusal
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.validation import validate
from okr_pipeline.cascade.yaml_reader import Unreadable, read_yaml
from okr_pipeline.compliance.catalogue_item import HIGH_RISK, ApplicationDate, Days, Item, Reading, Source
from okr_pipeline.compliance.facts import problems_with
from okr_pipeline.errors import OkrError

CATALOGUE_FILE = Path(__file__).with_name("catalogue.yml")


class Catalogue(Definition):
    """All obligations, with the dates and sources that they name."""

    catalogue_version: str
    """Version, e.g. ``2026-11-24.1``."""
    verified_on: date
    """Day on which it was last compared with the law."""
    stale_after_days: Days
    """Days after which it has to be compared again."""
    sources: dict[str, Source]
    """Texts by key."""
    application_dates: dict[str, ApplicationDate]
    """Dates by name."""
    readings: tuple[Reading, ...] = ()
    """Where the law can be read in more than one way, for whoever reviews it."""
    obligations: tuple[Item, ...]
    """Items, in the order in which they are shown."""

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for position, item in enumerate(self.obligations):
            problem = next(self._problems(item), None)
            if problem:
                at = ("obligations", position)
                raise refusal(f"{item.id}: {problem}", "names that the catalogue or a file defines", "correct it", at)
        return self

    def _problems(self, item: Item) -> Iterator[str]:
        due, ids = item.due, [name for each in self.obligations for name in each.ids]
        dates = (due.application_date, due.alternative_application_date, due.legacy_application_date)
        known = {*self.application_dates, HIGH_RISK}
        yield from (f"the date {name} is not defined" for name in dates if name is not None and name not in known)
        yield from (f"the item {name} does not exist" for name in item.depends_on if name not in ids)
        yield from (f"the source {name} is not defined" for name in item.source if name not in self.sources)
        yield from (f"the id {name} is used twice" for name in item.ids if ids.count(name) > 1)
        yield from problems_with(item.applies_when)

    def day(self, name: str) -> date:
        """Return an application date by name."""
        return self.application_dates[name].day


def catalogue_issues(catalogue: Catalogue, as_of: date) -> tuple[Issue, ...]:
    """Return a finding when the catalogue has not been compared with the law for too long."""
    age_days = (as_of - catalogue.verified_on).days
    if age_days <= catalogue.stale_after_days:
        return ()
    compared = f"the catalogue of obligations was last compared with the law on {catalogue.verified_on}"
    return (
        Issue(
            rule="outdated_catalogue",
            level="warning",
            file=CATALOGUE_FILE.name,
            line=1,
            object="catalogue",
            problem=f"{compared}, {age_days} days ago",
            allowed=f"at most {catalogue.stale_after_days} days",
            fix="compare it and set verified_on",
        ),
    )


def staleness(catalogue: Catalogue, as_of: date) -> str | None:
    """Return the same as a sentence; None when the catalogue is recent enough."""
    sentences = [f"{found.problem} - {found.allowed}. Fix: {found.fix}" for found in catalogue_issues(catalogue, as_of)]
    return next(iter(sentences), None)


def read_catalogue(text: str, name: str) -> Catalogue:
    """Return the catalogue that a text holds.

    Raises:
        OkrError: it is not one; all problems, with file and line.
    """
    document = read_yaml(text, name)
    issues = list(document.issues)
    if not isinstance(document.value, Unreadable):
        validated = validate(Catalogue, document)
        if validated.model is not None and not issues:
            return validated.model
        issues += validated.issues
    raise OkrError("\n".join(issue.sentence() for issue in issues))


@cache
def load_catalogue() -> Catalogue:
    """Return the shipped catalogue.

    Raises:
        OkrError: it has been changed into something that cannot be used.
    """
    return read_catalogue(CATALOGUE_FILE.read_text(encoding="utf-8"), str(CATALOGUE_FILE))


def catalogue_schema() -> str:
    """Return the JSON Schema of the catalogue as text, for completion in editors; ends in a line break."""
    schema: dict[str, Any] = Catalogue.model_json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Generated from okr_pipeline/compliance/catalogue.py; regenerate with `make gen`.",
        "title": "Catalogue of obligations",
    }
    return json.dumps({**schema, **head}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
