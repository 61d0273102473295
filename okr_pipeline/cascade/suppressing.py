"""What suppressions do to findings: some are not told, none is lost, and an error never falls silent.

The entries are written in `suppression`; who shows or publishes what is silenced does not belong here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from okr_pipeline.cascade.issues import Issue, listed, nearest
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.suppression import SUPPRESSIONS_FILE, Suppression


@dataclass(frozen=True)
class Suppressed:
    """Findings, divided; together they are the findings that came in, each part in the order given.

    Attributes:
        told: What people are told.
        silenced: What they are not told, with the suppression that says why and until when.
    """

    told: tuple[Issue, ...]
    silenced: tuple[tuple[Issue, Suppression], ...]


def apply_suppressions(issues: Iterable[Issue], suppressions: Iterable[Suppression], as_of: date) -> Suppressed:
    """Divide findings into those that are told and those that are not.

    A finding is silenced by the suppression of its rule and `Issue.address`, up to that one's last day. Errors, and
    what is found about a suppression itself, are always told: nobody may silence the reminder of what is silent.

    Args:
        issues: Findings of any origin.
        suppressions: One at most for each rule and address.
        as_of: The day that counts as today.
    """
    in_force = {(entry.rule, entry.about): entry for entry in suppressions if entry.is_in_force(as_of)}
    told: list[Issue] = []
    silenced: list[tuple[Issue, Suppression]] = []
    for issue in issues:
        entry = in_force.get((issue.rule, issue.address)) if _may_be_silenced(issue) else None
        if entry is None:
            told.append(issue)
        else:
            silenced.append((issue, entry))
    return Suppressed(tuple(told), tuple(silenced))


def unused(cascade: Cascade, issues: Iterable[Issue], as_of: date) -> tuple[Issue, ...]:
    """Return advice about every suppression in force that silences nothing, in the order of the file.

    Args:
        cascade: The cascade with its suppressions.
        issues: ALL findings of the day, before suppressions are applied: what nobody asked for is not unused.
        as_of: The day that counts as today.
    """
    return tuple(_unused(cascade, tuple(issues), as_of))


def _unused(cascade: Cascade, issues: tuple[Issue, ...], as_of: date) -> Iterator[Issue]:
    for position, entry in enumerate(cascade.suppressions):
        of_rule = [issue for issue in issues if issue.rule == entry.rule]
        meant = [issue for issue in of_rule if issue.address == entry.about]
        if not entry.is_in_force(as_of) or any(_may_be_silenced(issue) for issue in meant):
            continue
        place = cascade.place(SUPPRESSIONS_FILE, f"suppressions.{position}.{'rule' if meant else 'about'}")
        yield Issue(
            "unused_suppression",
            "advice",
            place.file,
            place.line,
            f"suppression of {entry.rule} about {entry.about}",
            *(_of_an_error() if meant else _of_nothing(entry, of_rule)),
        )


def _may_be_silenced(issue: Issue) -> bool:
    return issue.level != "error" and issue.file != SUPPRESSIONS_FILE


def _of_an_error() -> tuple[str, str, str]:
    return (
        "it silences nothing: the finding is an error or about a suppression",
        "warnings and advice about the cascade are suppressed, nothing else",
        "mend what was found and delete the entry",
    )


def _of_nothing(entry: Suppression, of_rule: list[Issue]) -> tuple[str, str, str]:
    addresses = sorted({issue.address for issue in of_rule if _may_be_silenced(issue)})
    near = nearest(entry.about, addresses) or next((name for name in addresses if entry.about in name.split(".")), None)
    found = f"{entry.rule} finds something about {listed(addresses)}" if addresses else f"{entry.rule} finds nothing"
    return (
        f"it silences nothing: no finding of {entry.rule} is about {entry.about}",
        found,
        f"write {near}, or delete the entry" if near else "delete the entry",
    )
