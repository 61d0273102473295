"""`evidence/<id>.yml`: who signed which document for which obligation of which AI system.

Whether a record meets its obligation is decided in `okr_pipeline.compliance`; the document itself is not read here.
"""

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from okr_pipeline.cascade.answers import SystemId
from okr_pipeline.cascade.definition import Definition, Id, Label, refusal
from okr_pipeline.cascade.issues import shown
from okr_pipeline.cascade.role import Role

_Day = date  # the record has a field of that name
_OBLIGATION_ID = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def _read_obligation_id(value: object) -> object:
    if isinstance(value, str) and len(value) <= 63 and _OBLIGATION_ID.fullmatch(value):
        return value
    allowed = "an id of the catalogue such as AIA-27-1: capital letters, digits and single hyphens"
    raise refusal(f"{shown(value)} is not the id of an obligation", allowed, "copy the id from okr obligations")


def _read_sha256(value: object) -> object:
    if isinstance(value, str) and _SHA256.fullmatch(value):
        return value
    allowed = "64 digits 0-9 and a-f: the SHA-256 of the document's bytes"
    raise refusal(f"{shown(value)} is no SHA-256", allowed, "copy what sha256sum prints for the document, in quotes")


ObligationId = Annotated[str, BeforeValidator(_read_obligation_id), Field(pattern=f"^{_OBLIGATION_ID.pattern}$")]
"""Id of an item of the catalogue or of its readiness milestone, e.g. ``AIA-27-1``, ``AIA-26-5-INC-READY``."""

Sha256 = Annotated[str, BeforeValidator(_read_sha256), Field(pattern=f"^{_SHA256.pattern}$")]
"""SHA-256 in lower-case hexadecimal digits."""

RecordStatus = Literal["draft", "signed", "rejected", "superseded"]


class EvidenceDefinition(Definition):
    """One record of evidence as people write it: one document, for one obligation of one system."""

    obligation_id: ObligationId
    """Obligation that it is for, e.g. ``AIA-27-1``."""
    system_id: SystemId
    """AI system that it is for."""
    type: Id
    """What kind of document it is, e.g. ``human_oversight_plan``; the obligation names the kind it asks for."""
    date: _Day
    """Day on which it was signed, or written where it is a draft."""
    document_ref: Label
    """Where the document is: a path below the cascade directory, or an address such as ``https://...``."""
    document_sha256: Sha256 | None = None
    """SHA-256 of the document as it was signed; only a draft or a rejected one has none."""
    signed_by_role: Role | None = None
    """Role that signed, as the obligation names it, e.g. ``compliance_officer``; never a person."""
    valid_until: _Day | None = None
    """Last day on which it counts; without end if left out."""
    supersedes: SystemId | None = None
    """Record that it replaces from its date on."""
    status: RecordStatus
    """``signed`` counts; ``draft``, ``rejected`` and ``superseded`` do not."""
    elements: tuple[Label, ...] = ()
    """What the document answers, where the obligation asks for a list, e.g. the letters of Article 27(1)."""

    @model_validator(mode="after")
    def _a_signature_is_whole(self) -> Self:
        if self.status in ("signed", "superseded"):
            for name in ("signed_by_role", "document_sha256"):
                if getattr(self, name) is None:
                    raise refusal(
                        f"the record is {self.status} but has no {name}",
                        "a signature is a role, a day and the hash of what was signed",
                        f"add {name}, or write status: draft",
                        at=("status",),
                    )
        if self.valid_until is not None and self.valid_until < self.date:
            raise refusal(
                f"it is valid until {self.valid_until}, before its date {self.date}",
                "valid_until is not before the date",
                "correct one of the dates",
                at=("valid_until",),
            )
        return self


class EvidenceRecord(EvidenceDefinition):
    """A record with its name."""

    id: SystemId
    """Name of its file without ``.yml``."""

    @property
    def file(self) -> str:
        """Path of the file relative to the cascade directory."""
        return f"evidence/{self.id}.yml"
