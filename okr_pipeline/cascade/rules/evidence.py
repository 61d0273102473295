"""Whether records of evidence fit each other. What they are worth for an obligation is no matter of the cascade."""

from collections.abc import Iterator

from okr_pipeline.cascade.issues import listed, nearest, shown
from okr_pipeline.cascade.model import Cascade
from okr_pipeline.cascade.rule import Finding, RuleContext, rule


@rule("error")
def unknown_superseded_record(cascade: Cascade, _context: RuleContext) -> Iterator[Finding]:
    """A record that supersedes none, itself, a later one, or one of another obligation or AI system.

    Example: ``supersedes: life_risk_pricing_clas``.
    Reason: the record that was meant to be replaced would go on to count.
    Remedy: name the earlier record of the same obligation and system.
    """
    for record in cascade.evidence.values():
        if record.supersedes is None or record.supersedes in cascade.unreadable_ids:
            continue
        subject = f"evidence {record.id}"
        old = cascade.evidence.get(record.supersedes)
        fitting = [
            other.id
            for other in cascade.evidence.values()
            if other.id != record.id
            and (other.obligation_id, other.system_id) == (record.obligation_id, record.system_id)
            and other.date <= record.date
        ]
        if record.supersedes in fitting:
            continue
        if old is None:
            problem = f"it supersedes {shown(record.supersedes)}, which does not exist"
        elif old.id == record.id:
            problem = "it supersedes itself"
        elif old.date > record.date:
            problem = f"it supersedes {old.id}, which is later: {old.date}, not {record.date} or before"
        else:
            problem = f"it supersedes {old.id}, which is for {old.obligation_id} of {old.system_id}"
        near = nearest(record.supersedes, fitting)
        yield Finding(
            cascade.place(record.file, "supersedes"),
            subject,
            problem,
            f"earlier records for {record.obligation_id} of {record.system_id}: {listed(fitting)}",
            f"write {near}" if near else "correct the id or delete the key",
        )
