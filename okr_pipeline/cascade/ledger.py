"""The append-only ledger of changed definitions, and the finding that a target was moved after its cycle began.

What two versions of a definition say differently is told by `versions`; storing the ledger happens elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from okr_pipeline.cascade.issues import Issue, listed
from okr_pipeline.cascade.model import Cascade, KeyResult
from okr_pipeline.cascade.versions import Difference, Effect, Field, Version, differences

_UTC = ZoneInfo("UTC")
_WORDS: dict[Effect, str] = {
    "easier": "easier",
    "harder": "harder",
    "neither": "neither easier nor harder",
    "unknown": "easier or harder cannot be told",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One recorded change of one field of a key result's definition.

    Attributes:
        key_result_id: the key result.
        number: 1 for the first change that was recorded of it, one more for each.
        cycle: cycle of the definition after the change.
        field: what was changed.
        before, after: as people read it.
        changed_on: the day the new version was published, or the declared day of its target where nothing contradicts
            that.
        published_at: when the new version was first seen in force (aware).
        is_after_start: whether the cycle had begun on an earlier day; a change of the cycle begins a new one, in which
            nothing was changed yet.
        effect: whether what is to be reached became easier.
        old_definition_hash, new_definition_hash: the two versions.
    """

    key_result_id: str
    number: int
    cycle: str
    field: Field
    before: str
    after: str
    changed_on: date
    published_at: datetime
    is_after_start: bool
    effect: Effect
    old_definition_hash: str
    new_definition_hash: str

    @property
    def moves_target(self) -> bool:
        """Whether what has to be reached was moved: a new target, or a new baseline under a relative one."""
        return self.field == "target" or (self.field == "baseline" and self.effect != "neither")


def changes_between(versions: Iterable[Version], zone: ZoneInfo = _UTC) -> tuple[Change, ...]:
    """Return the changes from version to version, in the order in which the versions were first published.

    Only versions of the same key result are compared; one that was left out for a while goes on where it stopped.
    A definition that was put back has one version and is not seen here: `changes_to_append` remembers it.

    Args:
        versions: of any number of key results, in any order; of two published together the one in force is the later.
        zone: the organisation's time zone, in which a moment has its day.
    """
    changes: list[Change] = []
    for history in _by_key_result(versions).values():
        own: list[Change] = []
        for old, new in pairwise(history):
            own += _changes(old, new, len(own), new.first_published_at, old.first_published_at, zone)
        changes += own
    return tuple(changes)


def changes_to_append(
    published: Iterable[Version],
    recorded: Iterable[Change],
    in_force: Iterable[Version],
    published_at: datetime,
    last_published_at: datetime | None,
    zone: ZoneInfo = _UTC,
) -> tuple[Change, ...]:
    """Return what this publication has to add to the ledger; nothing where no definition was changed.

    The definition in force is compared with the one that was in force before: the version that the former publication
    marks as current, or, for a key result that was left out meanwhile, the newest that the ledger or a first
    publication speaks of. A definition that is put back is thus a second change. The ledger of a key result of which
    nothing is recorded begins with the changes between its published versions.

    Args:
        published: every version in the former publication.
        recorded: the ledger so far.
        in_force: the versions of this publication that are in force.
        published_at: the moment of this publication.
        last_published_at: the moment of the former one; None before the first. A target that claims to have been set
            before it, when the old one was still published, has this publication's day.
        zone: the organisation's time zone.
    """
    known, now = _by_key_result(published), {version.key_result_id: version for version in in_force}
    ledger: dict[str, list[Change]] = {}
    for change in recorded:
        ledger.setdefault(change.key_result_id, []).append(change)
    added: list[Change] = []
    for key_result_id, history in known.items():
        before = ledger.get(key_result_id, [])
        own = [] if before else list(changes_between(history, zone))
        steps = [_last_recorded(history, [*before, *own]), _current(history), now.get(key_result_id)]
        number = max((change.number for change in (*before, *own)), default=0)
        for old, new in pairwise(step for step in steps if step is not None):
            more = _changes(old, new, number, published_at, last_published_at, zone)
            own += more
            number += len(more)
        added += own
    return tuple(added)


def retroactive_target_changes(changes: Iterable[Change], cascade: Cascade) -> tuple[Issue, ...]:
    """Return one finding for each key result whose target is not the one with which its cycle began.

    A change of the baseline counts where the target is relative to it, because it moves what has to be reached. What
    was put back as it was is no longer found; the ledger keeps both changes.

    Args:
        changes: the whole ledger, in any order.
        cascade: the definitions in force.
    """
    moved: dict[str, list[Change]] = {}
    for change in sorted(changes, key=lambda each: each.number):
        key_result = cascade.key_results_by_id.get(change.key_result_id)
        if key_result and change.cycle == key_result.cycle and change.is_after_start and change.moves_target:
            moved.setdefault(change.key_result_id, []).append(change)
    return tuple(
        _issue(cascade.key_results_by_id[key_result_id], standing, cascade.cycles[standing[0].cycle].start)
        for key_result_id, own in sorted(moved.items())
        if (standing := _standing(own))
    )


def _standing(changes: Sequence[Change]) -> list[Change]:
    """Leave out the fields that say again what they said at the start."""
    ends: dict[Field, tuple[str, str]] = {}
    for change in changes:
        ends[change.field] = (ends.get(change.field, (change.before, ""))[0], change.after)
    return [change for change in changes if ends[change.field][0] != ends[change.field][1]]


def _issue(key_result: KeyResult, changes: Sequence[Change], start: date) -> Issue:
    place = key_result.location.of(changes[-1].field)
    told = (
        f"its {each.field} was '{each.before}' until {each.changed_on} and is '{each.after}' since"
        f" ({_WORDS[each.effect]})"
        for each in changes
    )
    return Issue(
        rule="retroactive_target_change",
        level="warning",
        file=place.file,
        line=place.line,
        object=f"key result {key_result.id}",
        problem=f"cycle {key_result.cycle} began on {start}; {listed(told, 4)}",
        allowed="a target stays as it was when the cycle began",
        fix="restore it, or record why in the review and start the new target with the next cycle",
    )


def _by_key_result(versions: Iterable[Version]) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for version in sorted(versions, key=lambda each: (each.first_published_at, each.is_current)):
        found.setdefault(version.key_result_id, []).append(version)
    return found


def _current(history: Iterable[Version]) -> Version | None:
    return next((version for version in history if version.is_current), None)


def _last_recorded(history: Sequence[Version], changes: Iterable[Change]) -> Version:
    """Return the version that the newest event speaks of: the first publication of one, or a recorded change to one."""
    newest = history[-1]
    last = max(changes, key=lambda each: each.number, default=None)
    if last is None or last.published_at < newest.first_published_at:
        return newest
    return next((each for each in history if each.definition_hash == last.new_definition_hash), newest)


def _changes(
    old: Version,
    new: Version,
    recorded_count: int,
    published_at: datetime,
    last_seen_at: datetime | None,
    zone: ZoneInfo,
) -> list[Change]:
    """Return the changes from one version to the next; the old one was still in force at ``last_seen_at``."""
    found = differences(old, new)
    carried_over = any(difference.field == "cycle" for difference in found)
    changes: list[Change] = []
    for number, difference in enumerate(found, recorded_count + 1):
        day = _day(difference, old, new, published_at, last_seen_at, zone)
        changes.append(
            Change(
                key_result_id=new.key_result_id,
                number=number,
                cycle=new.cycle,
                field=difference.field,
                before=difference.before,
                after=difference.after,
                changed_on=day,
                published_at=published_at,
                is_after_start=not carried_over and new.cycle_start is not None and day > new.cycle_start,
                effect=difference.effect,
                old_definition_hash=old.definition_hash,
                new_definition_hash=new.definition_hash,
            )
        )
    return changes


def _day(
    difference: Difference,
    old: Version,
    new: Version,
    published_at: datetime,
    last_seen_at: datetime | None,
    zone: ZoneInfo,
) -> date:
    """Return the declared day of a new target where it lies between the two publications, else that of the later."""
    published_on, declared = published_at.astimezone(zone).date(), new.target_set_on
    if difference.field != "target" or last_seen_at is None or declared is None or declared == old.target_set_on:
        return published_on
    return declared if last_seen_at.astimezone(zone).date() <= declared <= published_on else published_on
