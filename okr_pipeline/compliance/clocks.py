"""Clocks that an incident starts: Article 73 for providers, Article 26(5) for deployers.

Days are counted from the moment of awareness as 24 hours each, whatever the clocks on the wall do in between; that is
never later than a count of whole days. Only what had happened by the moment of judging counts.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Literal

from okr_pipeline.compliance.catalogue import CATALOGUE_FILE, load_catalogue
from okr_pipeline.compliance.model import Incident, IncidentClass, MilestoneStatus
from okr_pipeline.errors import OkrError

Reader = Literal["provider", "deployer"]
CLOCK_OF: dict[str, Reader] = {"AIA-73": "provider", "AIA-26-5-INC": "deployer"}
"""Items that an incident of the register starts, and whose clock that is."""
THRESHOLD_OF: dict[IncidentClass, str] = {
    "other_serious": "report_days_general",
    "death": "report_days_death",
    "widespread_infringement": "report_days_widespread_or_critical_infrastructure",
    "critical_infrastructure": "report_days_widespread_or_critical_infrastructure",
}
"""Class of an incident -> the threshold of item AIA-73 that limits its report (Article 73(2), (4) and (3))."""
PARAGRAPH: dict[IncidentClass, str] = {
    "other_serious": "73(2)",
    "death": "73(4)",
    "widespread_infringement": "73(3)",
    "critical_infrastructure": "73(3)",
}
NOTICE_HOURS = 24.0
"""House policy where none is given; the Act says immediately."""
_REPORTS: dict[Reader, frozenset[str]] = {
    "provider": frozenset({"serious_incident_report"}),
    "deployer": frozenset({"incident_notification", "serious_incident_report"}),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock at one moment.

    Attributes:
        status: ``met``, ``due``, ``overdue`` or ``unverified``.
        reason: sentences with moments.
        due: when it ends; None once nothing has a limit any more.
    """

    status: MilestoneStatus
    reason: str
    due: datetime | None


@cache
def limit_days(incident_class: IncidentClass) -> float:
    """Return the outer limit of a report to the authority in days, as the catalogue has it."""
    name = THRESHOLD_OF[incident_class]
    reporting = next(item for item in load_catalogue().obligations if item.id == "AIA-73")
    if name not in reporting.thresholds or (days := reporting.thresholds[name].max) is None:
        raise OkrError(f"{CATALOGUE_FILE}: AIA-73: the threshold {name} has no max - a number of days. Fix: add it")
    return days


def article_73_limit(incident: Incident) -> datetime:
    """Return the last moment for a report to the authority (Article 73(2)-(4)), in UTC."""
    return incident.aware_at.astimezone(UTC) + timedelta(days=limit_days(incident.incident_class))


def incident_clock(reader: Reader, incident: Incident, now: datetime, notice_hours: float = NOTICE_HOURS) -> Clock:
    """Return the clock that an incident started.

    Args:
        reader: as whom we read it.
        incident: an incident that we were aware of by ``now``.
        now: the moment of judging, with time zone; what the register dates later has not happened yet. Closed as
            anything but a report of the right kind, the incident counts as not reported to the authority.
        notice_hours: house policy for the deployer's notice; the Act says immediately.
    """
    known, zone = _known(incident, now), incident.aware_at.tzinfo or UTC
    is_other_kind = known.closed_as not in ("", *_REPORTS[reader])
    if is_other_kind:
        known = replace(known, authority_notified_at=None, completed_at=None)
    clock = _authority(known, now, zone) if reader == "provider" else _deployer(known, now, zone, notice_hours)
    asked = " or ".join(sorted(_REPORTS[reader])).replace("_", " ")
    if is_other_kind:
        words = f"The register closes it as {known.closed_as.replace('_', ' ')}, which never is a {asked}"
        return replace(clock, reason=f"{words}. {clock.reason}")
    if clock.status is MilestoneStatus.MET and not known.closed_as:
        reason = f"The register does not say that there is a {asked}. {clock.reason}"
        return replace(clock, status=MilestoneStatus.UNVERIFIED, reason=reason)
    return clock


def left_words(now: datetime, until: datetime) -> str:
    """Return the time from ``now`` to a limit in words, e.g. ``1 day 3 hours left`` or ``2 hours over``."""
    seconds = int((until.astimezone(UTC) - now.astimezone(UTC)).total_seconds())
    days, rest = divmod(abs(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    counted = [(days, "day"), (hours, "hour"), *([] if days else [(rest // 60, "minute")])]
    words = " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in counted if count)
    return f"{words or '0 minutes'} {'left' if seconds >= 0 else 'over'}"


def _known(incident: Incident, now: datetime) -> Incident:
    def by_now(moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment <= now else None

    return replace(
        incident,
        provider_notified_at=by_now(incident.provider_notified_at),
        provider_unreachable_at=by_now(incident.provider_unreachable_at),
        authority_notified_at=by_now(incident.authority_notified_at),
        completed_at=by_now(incident.completed_at),
    )


def _deployer(incident: Incident, now: datetime, zone: tzinfo, notice_hours: float) -> Clock:
    told = incident.provider_notified_at
    if told is None and incident.provider_unreachable_at is not None:
        unreachable = _at(incident.provider_unreachable_at, zone)
        fallback = _authority(incident, now, zone)
        reason = f"The provider could not be reached ({unreachable}), so Article 73 applies to us. {fallback.reason}"
        return replace(fallback, reason=reason)
    limit = incident.aware_at.astimezone(UTC) + timedelta(hours=notice_hours)
    house = (
        f"Article 26(5) says immediately, the provider first; {notice_hours:g} hours are house policy, "
        f"until {_at(limit, zone)}"
    )
    authority = incident.authority_notified_at
    if told is not None and authority is not None:
        order = " The authority was told before the provider; the Act asks for the provider first."
        words = (
            f"Aware {_at(incident.aware_at, zone)}; the provider was told {_at(told, zone)}, "
            f"the authority {_at(authority, zone)}. {house}{_lateness(max(told, authority), limit)}."
        )
        return Clock(MilestoneStatus.MET, words + (order if authority < told else ""), limit.astimezone(zone))
    if told is not None:
        missing = f"the provider was told {_at(told, zone)}; importer or distributor and the authority are next"
    elif authority is not None:
        missing = f"the authority was told {_at(authority, zone)}, the provider was not"
    else:
        missing = "the provider has not been told"
    return _running(f"Aware {_at(incident.aware_at, zone)}; {missing}. {house}", limit, now, zone)


def _authority(incident: Incident, now: datetime, zone: tzinfo) -> Clock:
    limit, complete = article_73_limit(incident), incident.completed_at
    reports = [moment for moment in (incident.authority_notified_at, complete) if moment is not None]
    rule = (
        f"Article {PARAGRAPH[incident.incident_class]} asks for a report to the authority within "
        f"{limit_days(incident.incident_class):g} days "
        f"({incident.incident_class.replace('_', ' ')}), until {_at(limit, zone)}"
    )
    aware = f"Aware {_at(incident.aware_at, zone)}"
    if not reports:
        return _running(f"{aware}; the authority has no report. {rule}", limit, now, zone)
    first = f"{aware}; first report {_at(min(reports), zone)}. {rule}{_lateness(min(reports), limit)}"
    if complete is None:
        open_words = "The complete report has still to follow (Article 73(5)); the Act sets no day for it"
        return Clock(MilestoneStatus.DUE, f"{first}. {open_words}.", None)
    return Clock(MilestoneStatus.MET, f"{first}. Complete since {_at(complete, zone)}.", limit.astimezone(zone))


def _running(words: str, limit: datetime, now: datetime, zone: tzinfo) -> Clock:
    status = MilestoneStatus.OVERDUE if now > limit else MilestoneStatus.DUE
    return Clock(status, f"{words}: {left_words(now, limit)}.", limit.astimezone(zone))


def _lateness(moment: datetime, limit: datetime) -> str:
    return f" (late: {left_words(moment, limit)})" if moment > limit else ""


def _at(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"
