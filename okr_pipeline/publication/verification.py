"""The last look before readers see a publication: what must hold for every one of them, read back from the file.

A check here is about the publication as a whole (keys, closed sets, unknown never green, nothing personal too small);
checks about a source or a metric belong to its contract or its dbt tests.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from okr_pipeline.cascade.organisation import MINIMUM_GROUP_PEOPLE_COUNT
from okr_pipeline.errors import OkrError
from okr_pipeline.publication.tables import TABLES

STATUSES = (
    "blocked", "no_data", "stale", "inconclusive", "not_due", "achieved", "missed", "on_track", "at_risk", "off_track",
)  # fmt: skip
"""The closed set of statuses, in order of precedence."""
MILESTONE_STATUSES = (
    "met", "due", "overdue", "not_yet_applicable", "not_applicable", "evidence_missing", "expired", "tampered",
    "unverified", "needs_review",
)  # fmt: skip
"""The closed set of a milestone's states."""
GREEN_STATUSES = ("achieved", "on_track")
VERDICTS = ("moves", "flat", "consistent_with", "not_enough_data")
"""The closed set of what is said of a link."""
DRIFTS = ("drifting", "steady", "not_enough_data")
"""The closed set of what is said of drift."""
PARTS_TOLERANCE_RATIO = 1e-9
"""How far the parts of a change may miss it, against the largest of 1, the change and the sizes of its parts."""

_statuses = ", ".join(f"'{status}'" for status in STATUSES)
_green = ", ".join(f"'{status}'" for status in GREEN_STATUSES)

_milestone_statuses = ", ".join(f"'{status}'" for status in MILESTONE_STATUSES)
_verdicts = ", ".join(f"'{verdict}'" for verdict in VERDICTS)
_drifts = ", ".join(f"'{drift}'" for drift in DRIFTS)


def _unexplained(table: str, key: str) -> str:
    """Return the query for changes that their parts do not sum to; one part that is unknown explains nothing."""
    scale = "greatest(1, abs(any_value(change)), sum(abs(mix) + abs(rate)))"
    return (
        f"select {key} from okr.{table} group by {key}, week_start having count(mix + rate + change) < count(*)"
        " or min(change) <> max(change) or not isfinite(sum(mix + rate))"
        f" or abs(sum(mix + rate) - any_value(change)) > {PARTS_TOLERANCE_RATIO} * {scale}"
    )


def _given_away(drivers: str) -> str:
    """Return the query for parts of a change that belong to a cell which is withheld in one of the two weeks."""
    return (
        f"select distinct metric from ({drivers}) as part inner join okr.metric_values as hidden"
        " using (metric, org_unit, segment, ai_assisted)"
        " where hidden.is_suppressed and hidden.week_start in (part.week_start, part.previous_week)"
    )


_MUST_FIND_NOTHING = {
    "a milestone's state outside the closed set": (
        f"select milestone_id from okr.compliance_milestones where status not in ({_milestone_statuses})"
    ),
    "a milestone without a reason": (
        "select milestone_id from okr.compliance_milestones where coalesce(status_reason, '') = ''"
    ),
    "a milestone that is met without evidence": (
        "select milestone_id from okr.compliance_milestones where status = 'met' and evidence is null"
        " and incident_id is null"
    ),
    "a key result behind a shut gate that is not blocked": (
        "select k.key_result_id from okr.key_result_current as k, okr.compliance_milestones as m"
        " where m.gate_is_shut and list_contains(string_split(m.blocks_key_results, ','), k.key_result_id)"
        " and k.status <> 'blocked'"
    ),
    "a status outside the closed set": (
        f"select key_result_id from okr.key_result_current where status not in ({_statuses})"
    ),
    "a node's status outside the closed set": (
        f"select node_id from okr.cascade_health where status not in ({_statuses})"
    ),
    "a status without a reason": (
        "select key_result_id from okr.key_result_current where coalesce(status_reason, '') = ''"
    ),
    # a target can be met without a baseline, so `achieved` needs no progress; `on_track` is nothing else
    "an unknown value shown as good": (
        f"select key_result_id from okr.key_result_current where status in ({_green})"
        " and (value is null or not isfinite(value) or (status = 'on_track' and progress is null))"
    ),
    "a key result in force without a current row": (
        "select key_result_id from okr.key_results where is_current"
        " except select key_result_id from okr.key_result_current"
    ),
    "a value without the hash of its inputs": (
        "select key_result_id from okr.key_result_values where value is not null and coalesce(input_hash, '') = ''"
    ),
    "a suppressed group that still shows a number": (
        "select metric from okr.metric_values where is_suppressed and (value is not null or numerator is not null"
        " or denominator is not null or sum_squares is not null or sample_count is not null"
        " or people_count is not null)"
        " union all select key_result_id from okr.key_result_values where gap = 'group_too_small'"
        " and (value is not null or low is not null or high is not null or progress is not null"
        " or sample_count is not null or people_count is not null)"
    ),
    "a withheld group that still shows its newest event": (
        "select metric from okr.metric_values where is_suppressed and observed_until is not null"
        " union all select key_result_id from okr.key_result_values where gap = 'group_too_small'"
        " and observed_until is not null"
    ),
    "more than one latest version of a value": (
        "select key_result_id from okr.key_result_values where is_latest group by key_result_id, week_start"
        " having count(*) > 1"
    ),
    "a verdict on a link outside the closed set": (
        f"select child_key_result_id from okr.alignment_evidence where verdict is null or verdict not in ({_verdicts})"
    ),
    "evidence without a reason": (
        "select child_key_result_id from okr.alignment_evidence where coalesce(reason, '') = ''"
    ),
    "a link that is said to move its parent without a comparison": (
        "select child_key_result_id from okr.alignment_evidence where verdict = 'moves'"
        " and coalesce(compared_with, '') = ''"
    ),
    "a change of a metric that its parts do not sum to": _unexplained("metric_drivers", "metric"),
    "a change of a key result that its parts do not sum to": _unexplained("key_result_drivers", "key_result_id"),
    "a part of a change that belongs to a withheld group": _given_away(
        "select metric, org_unit, segment, ai_assisted, week_start, previous_week from okr.metric_drivers"
        " union all select metric, part.org_unit, segment, ai_assisted, week_start, previous_week"
        " from okr.key_result_drivers as part inner join okr.key_results using (key_result_id) where is_current"
    ),
    "a suppressed finding without a reason": (
        "select finding_id from okr.cascade_findings where suppressed_until is not null"
        " and coalesce(suppression_reason, '') = ''"
    ),
    "an error that is suppressed": (
        "select finding_id from okr.cascade_findings where suppressed_until is not null and severity = 'error'"
    ),
    "a probability outside 0 to 1": (
        "select key_result_id from okr.key_result_current where reach_probability not between 0 and 1"
    ),
    "a drift outside the closed set": (
        f"select key_result_id from okr.key_result_current where drift not in ({_drifts})"
    ),
    "a drifting key result without a direction": (
        "select key_result_id from okr.key_result_current where drift = 'drifting'"
        " and coalesce(drift_direction, '') not in ('up', 'down')"
    ),
}

# The history keeps what was published when the minimum was lower: what holds now are the newest versions of the key
# results in force. Below the lowest minimum there was never anything to keep.
_SMALL_GROUPS = f"""
    select metric from okr.metric_values where people_count between 1 and $minimum - 1
    union all
    select key_result_id from okr.key_result_values
    where value is not null and people_count between 1 and $minimum - 1
        and (
            people_count < {MINIMUM_GROUP_PEOPLE_COUNT}
            or (
                is_latest
                and key_result_id in (select key_result_id from okr.key_results where is_current)
            )
        )
    limit 3
"""


class VerificationError(OkrError):
    """The built publication breaks a promise. ``broken`` names what was found."""

    def __init__(self, path: Path, broken: str) -> None:
        """Build the sentence from the file and what is broken in it."""
        self.path, self.broken = path, broken
        super().__init__(f"{path.name}: {broken} - nothing is published, the last publication stays")


def verify(path: Path, counts: Mapping[str, int], minimum_group: int = MINIMUM_GROUP_PEOPLE_COUNT) -> None:
    """Open the file as a reader would and check it whole.

    Args:
        path: the built DuckDB file.
        counts: rows per table, as written.
        minimum_group: fewest people that may stand behind a figure, as the organisation has set it.

    Raises:
        VerificationError: the first promise that does not hold.
    """
    connection = duckdb.connect(str(path), read_only=True)
    try:
        for table in TABLES:
            key = ", ".join(f'"{name}"' for name in table.key)
            missing = " or ".join(f'"{name}" is null' for name in table.key)
            total, distinct, nulls = connection.execute(
                f"select count(*), count(distinct ({key})), count(*) filter ({missing}) from okr.{table.name}"
            ).fetchall()[0]
            if nulls or total != distinct or total != counts[table.name]:
                raise VerificationError(
                    path,
                    f"okr.{table.name} has {total} rows, {distinct} distinct keys and {nulls} empty keys",
                )
        for promise, query in _MUST_FIND_NOTHING.items():
            found = connection.execute(query + " limit 3").fetchall()
            if found:
                raise VerificationError(path, f"{promise}: {', '.join(str(row[0]) for row in found)}")
        small = connection.execute(_SMALL_GROUPS, {"minimum": minimum_group}).fetchall()
        if small:
            names = ", ".join(str(row[0]) for row in small)
            raise VerificationError(path, f"a group of fewer than {minimum_group} people: {names}")
    finally:
        connection.close()
