"""The rows of ``cascade_findings``: what rules found, what was silenced for a time, and codes that no unit claims."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.suppressing import apply_suppressions, unused
from okr_pipeline.cascade.suppression import Suppression
from okr_pipeline.project import TableKey

Rows = list[tuple[object, ...]]
UnmappedCodes = Mapping[TableKey, Mapping[str, int]]
SUPPRESSED_UNTIL = 8
"""Position of the column that says whether a finding is silenced."""


def finding_rows(cascade: Cascade, issues: Iterable[Issue], unmapped: UnmappedCodes, as_of: date) -> Rows:
    """Return one row per finding; a silenced one stays, with the day until which and the reason why.

    Args:
        cascade: gives the suppressions.
        issues: all findings.
        unmapped: table -> unit code -> rows of the newest week that no unit claims.
        as_of: the day that counts as today.
    """
    found = (*issues, *_unmapped_code_issues(unmapped))
    sorted_out = apply_suppressions(found, cascade.suppressions, as_of)
    told = (*sorted_out.told, *unused(cascade, found, as_of))
    rows = [
        *(_row(issue, None) for issue in told),
        *(_row(issue, suppression) for issue, suppression in sorted_out.silenced),
    ]
    return list({row[0]: row for row in rows}.values())


def _unmapped_code_issues(unmapped: UnmappedCodes) -> Iterator[Issue]:
    """Yield a warning about each unit code of the newest week that no unit claims; it is about the table."""
    for (system, table), codes in unmapped.items():
        for code, count in codes.items():
            yield Issue(
                "unmapped_code",
                "warning",
                "organisation.yml",
                0,
                f"table {system}.{table}",
                f"{count} rows of the newest week carry unit code {code!r}, which organisation.yml does not map",
                "every code belongs to a unit",
                f"add {code} to the codes of its unit in organisation.yml, under {system}",
            )


def _row(issue: Issue, suppression: Suppression | None) -> tuple[object, ...]:
    message = f"{issue.object}: {issue.problem} - {issue.allowed}"
    digest = hashlib.sha256(message.encode()).hexdigest()[:12]
    silenced = (suppression.until, suppression.reason) if suppression else (None, None)
    return (
        f"{issue.rule}:{issue.about}:{digest}", issue.rule, issue.level, issue.about, message, issue.fix,
        issue.file or None, issue.line or None, *silenced,
    )  # fmt: skip
