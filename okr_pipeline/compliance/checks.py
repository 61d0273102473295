"""What `okr rules` says of the findings about milestones, evidence and the catalogue of obligations.

They are made in `findings` and `catalogue`; conflicts with key results document themselves (`conflicts.rules`).
"""

from okr_pipeline.cascade.documentation import Check

CHECKS = (
    Check(
        "milestone_overdue",
        "error",
        "compliance",
        """An obligation of the AI Act, or of house policy, whose date has passed and that is not met.

        Example: no classification record on the day of first use, or a serious incident of which nobody was told.
        Reason: what depends on it may not be used, whatever its key results say.
        Remedy: have the evidence signed by the role that is named, and add its record.
        """,
    ),
    Check(
        "milestone_due_soon",
        "advice",
        "compliance",
        """An obligation that falls due within ``milestone_due_soon_days``.

        Example: AI literacy, due in three weeks, with no record.
        Reason: evidence is work of weeks, and whoever signs it has to be asked in time.
        Remedy: have the evidence signed by the role that is named, and add its record.
        """,
    ),
    Check(
        "evidence_missing",
        "warning",
        "compliance",
        """An obligation that is in force and for which there is no record of evidence.

        Example: logs are kept, as people say, and nothing signed shows it.
        Reason: what is not shown does not count as done.
        Remedy: add a signed record to ``evidence/``.
        """,
    ),
    Check(
        "evidence_expired",
        "warning",
        "compliance",
        """A record of evidence that is no longer valid.

        Example: ``valid_until: 2026-10-31`` seen on 2026-11-23.
        Reason: it said something about the system as it was then.
        Remedy: renew it and add the new record, which supersedes the old one.
        """,
    ),
    Check(
        "evidence_ends_soon",
        "advice",
        "compliance",
        """A record of evidence that ends within ``milestone_due_soon_days``, or half its validity if that is shorter.

        Example: an assessment that is valid for another two weeks.
        Reason: on the day after, the obligation is open again and its gate is shut.
        Remedy: have the next record signed in time.
        """,
    ),
    Check(
        "evidence_tampered",
        "error",
        "compliance",
        """A signed document that is no longer the one that was signed.

        Example: the hash of a document in ``evidence/documents/`` differs from ``document_sha256``.
        Reason: the signature stands under other words.
        Remedy: restore the document, or have the new one signed in a record of its own.
        """,
    ),
    Check(
        "evidence_unverified",
        "warning",
        "compliance",
        """Evidence, or the absence of an incident, that cannot be verified.

        Example: a record whose document is not there, or an incident register that could not be read.
        Reason: unknown is not the same as met.
        Remedy: put the signed document into ``evidence/documents/``, or mend the source of the register.
        """,
    ),
    Check(
        "evidence_without_obligation",
        "warning",
        "compliance",
        """A record of evidence for an obligation that does not bind its AI system.

        Example: ``obligation_id: AIA-27-1`` for a system that is not high-risk.
        Reason: it counts for nothing, and its author believes that something is done.
        Remedy: correct the obligation, or delete the record.
        """,
    ),
    Check(
        "missing_monitoring_key_result",
        "warning",
        "compliance",
        """A high-risk system that key results rest on, without one that says how much of its use is monitored.

        Example: a key result on automatic decisions and none on ``monitoring_coverage_share`` of that system.
        Reason: Article 26(5) asks deployers to monitor; what nobody measures beside the target gives way to it.
        Remedy: add such a key result under the objective that uses the system.
        """,
    ),
    Check(
        "missing_incident_key_result",
        "warning",
        "compliance",
        """A high-risk system that key results rest on, without one that says how fast incidents are reported.

        Example: a key result on automatic decisions and none on ``time_to_notify_provider_hours`` of that system.
        Reason: Articles 26(5) and 73 ask for notice without delay; a target on use alone rewards silence.
        Remedy: add such a key result under the objective that uses the system.
        """,
    ),
    Check(
        "outdated_catalogue",
        "warning",
        "compliance",
        """A catalogue of obligations that has not been compared with the law for too long.

        Example: ``verified_on`` lies more than ``stale_after_days`` back.
        Reason: dates and duties have been changed before, and a milestone is only as good as its date.
        Remedy: compare it with the law and set ``verified_on``.
        """,
    ),
)
"""Every such check."""
