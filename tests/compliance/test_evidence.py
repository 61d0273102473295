"""Records of evidence as files, the documents behind them, and what people are told of both."""

import hashlib
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from conflict_world import CLASSIFIED, DOCUMENT, ConflictWorld
from evidence_world import record

from okr_pipeline.cascade.check import check_directory
from okr_pipeline.cascade.evidence import EvidenceRecord
from okr_pipeline.cascade.loader import load_cascade
from okr_pipeline.compliance.documents import DocumentState, state_of_documents

TEXT = b"# Impact assessment\n"
SHA256 = hashlib.sha256(TEXT).hexdigest()
REFERENCE = "evidence/documents/fria.md"
Documents = Callable[..., DocumentState]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A cascade directory with one document."""
    folder = tmp_path / "cascade" / "evidence" / "documents"
    folder.mkdir(parents=True)
    (folder / "fria.md").write_bytes(TEXT)
    return tmp_path / "cascade"


def state(root: Path, reference: str = REFERENCE, sha256: str | None = SHA256) -> DocumentState:
    """Return the state of one document."""
    return state_of_documents(root, [_signed(reference, sha256)])["life_price_fria"]


def _signed(reference: str, sha256: str | None) -> EvidenceRecord:
    status = "draft" if sha256 is None else "signed"
    return record(document_ref=reference, document_sha256=sha256, status=status)


def test_a_document_with_the_signed_bytes_is_intact(root: Path) -> None:
    assert state(root) == DocumentState("intact", "evidence/documents/fria.md has the hash that was signed")


def test_one_byte_makes_it_another_document(root: Path) -> None:
    (root / REFERENCE).write_bytes(TEXT + b" ")
    found = state(root)
    seen = hashlib.sha256(TEXT + b" ").hexdigest()
    assert found == DocumentState(
        "changed", f"evidence/documents/fria.md has the hash {seen[:12]}..., signed was {SHA256[:12]}..."
    )


def test_a_document_that_is_gone_is_missing(root: Path) -> None:
    (root / REFERENCE).unlink()
    assert state(root) == DocumentState("missing", "evidence/documents/fria.md is not there")


def test_a_link_in_the_place_of_a_document_is_not_followed(root: Path) -> None:
    (root / REFERENCE).rename(root / "evidence" / "documents" / "other.md")
    (root / REFERENCE).symlink_to("other.md")
    assert state(root) == DocumentState(
        "missing", "evidence/documents/fria.md is reached through a link, which can be pointed elsewhere"
    )


def test_a_linked_folder_is_not_followed(root: Path, tmp_path: Path) -> None:
    (root / "evidence" / "documents").rename(tmp_path / "elsewhere")
    (root / "evidence" / "documents").symlink_to(tmp_path / "elsewhere")
    assert state(root).reason == (
        "evidence/documents/fria.md is reached through a link, which can be pointed elsewhere"
    )


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("../outside.md", "../outside.md leads out of the cascade directory"),
        ("evidence/../../outside.md", "evidence/../../outside.md leads out of the cascade directory"),
        ("evidence\\..\\..\\outside.md", "evidence\\..\\..\\outside.md is no path below the cascade directory"),
        ("~/outside.md", "~/outside.md is no path below the cascade directory"),
        ("file:///etc/hostname", "file:///etc/hostname is no path below the cascade directory"),
        ("FILE:outside.md", "FILE:outside.md is no path below the cascade directory"),
        (".", ". leads out of the cascade directory"),
        ("evidence/documents", "evidence/documents is not a regular file"),
        ("x" * 300, f"{'x' * 300} is not there"),
    ],
)
def test_a_path_that_is_no_file_below_the_directory_is_refused(root: Path, reference: str, reason: str) -> None:
    (root.parent / "outside.md").write_bytes(TEXT)
    assert state(root, reference) == DocumentState("missing", reason)


def test_an_absolute_path_is_refused_even_into_the_directory(root: Path) -> None:
    assert state(root, str(root / REFERENCE)).state == "missing"


def test_a_pipe_blocks_nobody(root: Path) -> None:
    (root / REFERENCE).unlink()
    os.mkfifo(root / REFERENCE)
    assert state(root).reason == "evidence/documents/fria.md is not a regular file"


def test_a_remote_document_is_verified_by_a_copy_that_is_named_by_its_hash(root: Path) -> None:
    remote = "https://documents.example/fria.pdf"
    assert state(root, remote) == DocumentState(
        "remote", "https://documents.example/fria.pdf lies outside the cascade directory, and no copy of it is here"
    )
    copy = root / "evidence" / "documents" / f"{SHA256}.pdf"
    copy.write_bytes(TEXT)
    assert state(root, remote).state == "intact"
    copy.write_bytes(TEXT + b" ")
    assert state(root, remote).state == "changed"


def test_a_document_without_a_hash_proves_nothing(root: Path) -> None:
    assert state(root, sha256=None) == DocumentState(
        "missing", "the record names no hash of evidence/documents/fria.md"
    )


@pytest.fixture
def world(tmp_path: Path) -> ConflictWorld:
    """A cascade with one record of evidence."""
    return ConflictWorld(tmp_path / "cascade")


def sentences(world: ConflictWorld) -> list[str]:
    """Return what the loader says."""
    return [issue.sentence() for issue in load_cascade(world.root).issues]


def test_a_record_is_named_by_its_file(world: ConflictWorld) -> None:
    (kept,) = world.cascade().evidence.values()
    assert (kept.id, kept.file, kept.date) == ("credit_score_class", CLASSIFIED, date(2027, 11, 15))
    assert world.cascade().place(CLASSIFIED, "status").line == 8


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "status: signed",
            "status: sigend",
            f"{CLASSIFIED}:8: status: 'sigend' is not known here - one of draft, signed, rejected, superseded. "
            "Fix: write signed",
        ),
        (
            "obligation_id: AIA-06-CLASS",
            "obligation_id: aia_06",
            f"{CLASSIFIED}:1: obligation_id: 'aia_06' is not the id of an obligation - an id of the catalogue such as "
            "AIA-27-1: capital letters, digits and single hyphens. Fix: copy the id from okr obligations",
        ),
        (
            "date: 2027-11-15",
            "date: yesterday",
            f"{CLASSIFIED}:4: date: 'yesterday' is not a date - a date is YYYY-MM-DD, e.g. 2026-12-31. "
            "Fix: write the day in this form",
        ),
        (
            "signed_by_role: legal\n",
            "",
            f"{CLASSIFIED}:7: status: the record is signed but has no signed_by_role - a signature is a role, a day "
            "and the hash of what was signed. Fix: add signed_by_role, or write status: draft",
        ),
        (
            "signed_by_role: legal",
            "signed_by_role: Jane Miller",
            f"{CLASSIFIED}:7: signed_by_role: 'Jane Miller' looks like a person's name - an owner is a role, never a "
            "person, e.g. head of customer operations. Fix: write the role in lower case",
        ),
        (
            "status: signed",
            "status: signed\nvalid_until: 2027-11-14",
            f"{CLASSIFIED}:9: valid_until: it is valid until 2027-11-14, before its date 2027-11-15 - valid_until is "
            "not before the date. Fix: correct one of the dates",
        ),
        (
            "status: signed",
            "status: signed\nsigned_by_name: legal",
            f"{CLASSIFIED}:9: file: unknown key 'signed_by_name' - the keys are obligation_id, system_id, type, date, "
            "document_ref, document_sha256, signed_by_role, valid_until, supersedes, status, elements. "
            "Fix: write signed_by_role",
        ),
        (
            f'document_sha256: "{DOCUMENT}"',
            "document_sha256: abc",
            f"{CLASSIFIED}:6: document_sha256: 'abc' is no SHA-256 - 64 digits 0-9 and a-f: the SHA-256 of the "
            "document's bytes. Fix: copy what sha256sum prints for the document, in quotes",
        ),
    ],
)
def test_a_broken_record_is_one_sentence_with_file_and_line(
    world: ConflictWorld, old: str, new: str, sentence: str
) -> None:
    world.edit(CLASSIFIED, old, new)
    assert sentences(world) == [sentence]


def test_a_file_name_that_is_no_id_and_another_ending_are_refused(world: ConflictWorld) -> None:
    folder = world.root / "evidence"
    (world.root / CLASSIFIED).rename(folder / "Class 1.yml")
    (folder / "later.yaml").write_text("status: draft\n", encoding="utf-8")
    assert [(issue.file, issue.rule) for issue in load_cascade(world.root).issues] == [
        ("evidence/Class 1.yml", "wrong_place"),
        ("evidence/later.yaml", "unexpected_file"),
    ]


def test_documents_may_be_of_any_kind(world: ConflictWorld) -> None:
    folder = world.root / "evidence" / "documents"
    folder.mkdir()
    (folder / "export.yml").write_text("]", encoding="utf-8")
    assert sentences(world) == []


def links(world: ConflictWorld) -> list[str]:
    """Return what the rules say of records of evidence."""
    found = check_directory(world.root, {}, date(2027, 12, 13)).issues
    return [issue.sentence() for issue in found if issue.file.startswith("evidence/")]


def test_a_record_of_a_system_that_does_not_exist_is_refused(world: ConflictWorld) -> None:
    world.edit(CLASSIFIED, "system_id: credit_score", "system_id: credit_scores")
    assert links(world) == [
        f"{CLASSIFIED}:2: evidence credit_score_class: the AI system 'credit_scores' does not exist - known are "
        "credit_score. Fix: write credit_score"
    ]


def test_what_is_superseded_is_an_earlier_record_of_the_same_obligation(world: ConflictWorld) -> None:
    text = (world.root / CLASSIFIED).read_text(encoding="utf-8")
    newer = world.root / "evidence" / "newer.yml"
    newer.write_text(f"{text}supersedes: credit_score_class\n", encoding="utf-8")
    assert links(world) == []
    newer.write_text(f"{text}supersedes: credit_score_clas\n", encoding="utf-8")
    assert links(world) == [
        "evidence/newer.yml:9: evidence newer: it supersedes 'credit_score_clas', which does not exist - earlier "
        "records for AIA-06-CLASS of credit_score: credit_score_class. Fix: write credit_score_class"
    ]
    newer.write_text(f"{text}supersedes: newer\n", encoding="utf-8")
    assert ["it supersedes itself" in sentence for sentence in links(world)] == [True]
    newer.write_text(text.replace("2027-11-15", "2027-11-14") + "supersedes: credit_score_class\n", encoding="utf-8")
    assert ["which is later: 2027-11-15, not 2027-11-14" in sentence for sentence in links(world)] == [True]
    newer.write_text(text.replace("AIA-06-CLASS", "AIA-04") + "supersedes: credit_score_class\n", encoding="utf-8")
    assert ["which is for AIA-06-CLASS of credit_score" in sentence for sentence in links(world)] == [True]


def test_a_broken_record_makes_no_false_alarm_in_its_successor(world: ConflictWorld) -> None:
    text = (world.root / CLASSIFIED).read_text(encoding="utf-8")
    (world.root / "evidence" / "newer.yml").write_text(f"{text}supersedes: credit_score_class\n", encoding="utf-8")
    world.edit(CLASSIFIED, "status: signed", "status: sigend")
    assert [sentence for sentence in links(world) if "newer.yml" in sentence] == []
