"""Findings that people agreed to leave alone: only with a reason and a last day, never an error, never in silence."""

from dataclasses import replace
from datetime import date

import pytest
from cascade_copy import AS_OF, CascadeCopy
from hypothesis import given
from hypothesis import strategies as st

from okr_pipeline.cascade.check import check_directory
from okr_pipeline.cascade.issues import Issue
from okr_pipeline.cascade.suppressing import apply_suppressions, unused
from okr_pipeline.cascade.suppression import Suppression

FILE = "suppressions.yml"
EXECUTIVE = "2026-h2/executive.yml"
NO_BET = (EXECUTIVE, "    bet: faster_contracts\n", "")
OBJECTIVE = "contracts_in_a_week"
RULE_NAMES = frozenset({"objective_without_strategic_bet", "vanity_metric", "KR-09"})
VALID = """\
suppressions:
  - rule: objective_without_strategic_bet
    about: contracts_in_a_week
    reason: the board decides on the bet in December
    until: 2026-12-18
    agreed_by: general counsel
"""


def issue(rule: str = "vanity_metric", about: str = "key result handle_time", level: str = "warning") -> Issue:
    """Return a finding."""
    return Issue(rule, level, EXECUTIVE, 7, about, "a problem", "what is right", "mend it")  # type: ignore[arg-type]


def suppression(rule: str = "vanity_metric", about: str = "handle_time", until: date = AS_OF) -> Suppression:
    """Return a suppression that is in force on ``AS_OF`` and no longer."""
    return Suppression(rule=rule, about=about, reason="a reason", until=until, agreed_by="general counsel")


BROKEN = [
    pytest.param(
        ("    reason: the board decides on the bet in December\n", ""),
        [
            "suppressions.yml:2: suppressions.0: the key reason is missing - required are rule, about, reason, until, "
            "agreed_by. Fix: add reason: ..."
        ],
        id="no reason",
    ),
    pytest.param(
        ("the board decides on the bet in December", '" "'),
        ["suppressions.yml:4: suppressions.0.reason: the text is empty - a sentence that people understand. Fix: "
         "write it"],
        id="an empty reason",
    ),
    pytest.param(
        ("    until: 2026-12-18\n", ""),
        [
            "suppressions.yml:2: suppressions.0: the key until is missing - required are rule, about, reason, until, "
            "agreed_by. Fix: add until: ..."
        ],
        id="no last day",
    ),
    pytest.param(
        ("until: 2026-12-18", "until: next spring"),
        [
            "suppressions.yml:5: suppressions.0.until: 'next spring' is not a date - a date is YYYY-MM-DD, e.g. "
            "2026-12-31. Fix: write the day in this form"
        ],
        id="a last day that is no date",
    ),
    pytest.param(
        ("    agreed_by: general counsel\n", ""),
        [
            "suppressions.yml:2: suppressions.0: the key agreed_by is missing - required are rule, about, reason, "
            "until, agreed_by. Fix: add agreed_by: ..."
        ],
        id="agreed by nobody",
    ),
    pytest.param(
        ("agreed_by: general counsel", "agreed_by: Maria Example"),
        [
            "suppressions.yml:6: suppressions.0.agreed_by: 'Maria Example' looks like a person's name - an owner is a "
            "role, never a person, e.g. head of customer operations. Fix: write the role in lower case"
        ],
        id="agreed by a person",
    ),
    pytest.param(
        ("    until:", "    untill:"),
        [
            "suppressions.yml:2: suppressions.0: the key until is missing - required are rule, about, reason, until, "
            "agreed_by. Fix: add until: ...",
            "suppressions.yml:5: suppressions.0: unknown key 'untill' - the keys are rule, about, reason, until, "
            "agreed_by. Fix: write until",
        ],
        id="an unknown key",
    ),
    pytest.param(
        ("about: contracts_in_a_week", 'about: "*"'),
        [
            "suppressions.yml:3: suppressions.0.about: '*' is not a name - one name of letters, digits, _, . and -. "
            "Fix: copy it from `okr findings`"
        ],
        id="about everything",
    ),
    pytest.param(
        ("suppressions:\n", "suppressions:\n" + VALID.partition("\n")[2]),
        [
            "suppressions.yml:7: suppressions.1: objective_without_strategic_bet about contracts_in_a_week is "
            "suppressed twice, first by entry 1 - one entry for a rule and what its finding is about, so that one day "
            "and one reason count. Fix: delete one of the two"
        ],
        id="agreed twice",
    ),
    pytest.param(
        ("rule: objective_without_strategic_bet", "rule: objective_without_strategc_bet"),
        [
            "suppressions.yml:2: suppression of objective_without_strategc_bet about contracts_in_a_week: the rule "
            "'objective_without_strategc_bet' does not exist - a rule that `okr rules` lists. Fix: write "
            "objective_without_strategic_bet"
        ],
        id="an unknown rule near a known one",
    ),
    pytest.param(
        ("rule: objective_without_strategic_bet", "rule: bliss"),
        [
            "suppressions.yml:2: suppression of bliss about contracts_in_a_week: the rule 'bliss' does not exist - a "
            "rule that `okr rules` lists. Fix: correct the name or delete the entry"
        ],
        id="an unknown rule",
    ),
    pytest.param(
        ("2026-12-18", "2026-11-22"),
        [
            "suppressions.yml:5: suppression of objective_without_strategic_bet about contracts_in_a_week: it ended on "
            "2026-11-22, and the finding counts again - a suppression lasts up to the day in until. Fix: mend what "
            "was found and delete the entry, or agree on a new day and say why"
        ],
        id="a last day that has passed",
    ),
    pytest.param(("2026-12-18", "2026-11-23"), [], id="a last day that is today"),
    pytest.param(
        ("2026-12-18", "2027-01-01"),
        [
            "suppressions.yml:5: suppression of objective_without_strategic_bet about contracts_in_a_week: it lasts "
            "until 2027-01-01 - a suppression ends with the newest cycle, on 2026-12-31, or before. Fix: write "
            "2026-12-31 or an earlier day"
        ],
        id="longer than the newest cycle",
    ),
    pytest.param(("2026-12-18", "2026-12-31"), [], id="up to the end of the newest cycle"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "sentences"), BROKEN)
def test_breaking_one_thing_in_a_suppression_gives_its_sentence_and_no_other_about_the_file(
    cascade_copy: CascadeCopy, edit: tuple[str, str], sentences: list[str]
) -> None:
    cascade_copy.add(FILE, VALID)
    cascade_copy.edit(FILE, *edit)

    found = check_directory(cascade_copy.root, cascade_copy.metrics, AS_OF, RULE_NAMES)

    assert [issue.sentence() for issue in found.issues if issue.file == FILE] == sentences


def test_a_suppression_is_read_with_its_place(cascade_copy: CascadeCopy) -> None:
    cascade_copy.add(FILE, VALID)

    cascade = check_directory(cascade_copy.root, cascade_copy.metrics, AS_OF, RULE_NAMES).cascade

    assert cascade is not None
    assert cascade.suppressions == (
        Suppression(
            rule="objective_without_strategic_bet",
            about=OBJECTIVE,
            reason="the board decides on the bet in December",
            until=date(2026, 12, 18),
            agreed_by="general counsel",
        ),
    )
    assert cascade.place(FILE, "suppressions.0.until").line == 5


def test_names_of_rules_are_not_judged_by_who_does_not_know_them(cascade_copy: CascadeCopy) -> None:
    cascade_copy.add(FILE, VALID.replace("objective_without_strategic_bet", "bliss"))

    assert [issue for issue in cascade_copy.check().issues if issue.file == FILE] == []


@pytest.mark.parametrize(("as_of", "is_told"), [(date(2026, 12, 18), False), (date(2026, 12, 19), True)])
def test_a_finding_is_silent_up_to_the_last_day_and_counts_again_after_it(
    cascade_copy: CascadeCopy, as_of: date, is_told: bool
) -> None:
    cascade_copy.add(FILE, VALID)
    cascade_copy.edit(*NO_BET)
    found = cascade_copy.check(as_of)
    assert found.cascade is not None

    divided = apply_suppressions(found.issues, found.cascade.suppressions, as_of)

    told = [each.rule for each in divided.told if each.about == OBJECTIVE]
    assert told == (["objective_without_strategic_bet", "suppression_expired"] if is_told else [])
    assert [(each.rule, entry.agreed_by) for each, entry in divided.silenced] == (
        [] if is_told else [("objective_without_strategic_bet", "general counsel")]
    )


@pytest.mark.parametrize(
    ("found", "entry", "is_silenced"),
    [
        (issue(), suppression(), True),
        (issue(level="advice"), suppression(), True),
        (issue(level="error"), suppression(), False),
        (issue(about="key result handle_times"), suppression(), False),
        (issue(rule="vanity"), suppression(), False),
        (issue(about="AI system claims_triage, AIA-27-1"), suppression(about="AIA-27-1"), False),
        (issue(about="AI system claims_triage, AIA-27-1"), suppression(about="claims_triage.AIA-27-1"), True),
        (issue(about="AI system claims_triage, AIA-27-1"), suppression(about="claims_triage"), False),
        (replace(issue(), file=FILE), suppression(), False),
    ],
)
def test_a_suppression_silences_the_one_finding_that_it_names_and_never_an_error(
    found: Issue, entry: Suppression, is_silenced: bool
) -> None:
    divided = apply_suppressions([found], [entry], AS_OF)

    assert divided.told == (() if is_silenced else (found,))
    assert divided.silenced == (((found, entry),) if is_silenced else ())


def test_the_reminder_of_an_expired_suppression_cannot_be_suppressed(cascade_copy: CascadeCopy) -> None:
    expired = VALID.replace("2026-12-18", "2026-11-20")
    cascade_copy.add(FILE, expired)
    cascade_copy.add(
        FILE,
        VALID.partition("\n")[2].replace("objective_without_strategic_bet", "suppression_expired"),
    )
    found = cascade_copy.check()
    assert found.cascade is not None

    divided = apply_suppressions(found.issues, found.cascade.suppressions, AS_OF)

    assert [each.rule for each in divided.told if each.file == FILE] == ["suppression_expired"]
    assert divided.silenced == ()


levels = st.sampled_from(["error", "warning", "advice"])
names = st.sampled_from(["a", "b", "c"])


@given(
    st.lists(st.builds(issue, names, names, levels)),
    st.lists(st.builds(suppression, names, names, st.dates(date(2026, 11, 1), date(2026, 12, 1)))),
    st.dates(date(2026, 11, 1), date(2026, 12, 1)),
)
def test_no_finding_is_lost_or_told_twice_and_every_error_is_told(
    issues: list[Issue], entries: list[Suppression], as_of: date
) -> None:
    divided = apply_suppressions(issues, entries, as_of)

    silenced = [found for found, _ in divided.silenced]
    key = repr
    assert sorted((*divided.told, *silenced), key=key) == sorted(issues, key=key)
    assert all(found.level != "error" for found in silenced)
    assert all(
        (found.rule, found.address, True) == (entry.rule, entry.about, as_of <= entry.until)
        for found, entry in divided.silenced
    )
    assert apply_suppressions(divided.told, entries, as_of) == replace(divided, silenced=())


@pytest.mark.parametrize(
    ("text", "issues", "sentences"),
    [
        pytest.param(VALID, [issue("objective_without_strategic_bet", f"objective {OBJECTIVE}")], [], id="used"),
        pytest.param(
            VALID,
            [issue("objective_without_strategic_bet", "objective contracts_in_week")],
            [
                "suppressions.yml:3: suppression of objective_without_strategic_bet about contracts_in_a_week: it "
                "silences nothing: no finding of objective_without_strategic_bet is about contracts_in_a_week - "
                "objective_without_strategic_bet finds something about contracts_in_week. Fix: write "
                "contracts_in_week, or delete the entry"
            ],
            id="about a name near to the right one",
        ),
        pytest.param(
            VALID,
            [],
            [
                "suppressions.yml:3: suppression of objective_without_strategic_bet about contracts_in_a_week: it "
                "silences nothing: no finding of objective_without_strategic_bet is about contracts_in_a_week - "
                "objective_without_strategic_bet finds nothing. Fix: delete the entry"
            ],
            id="nothing found",
        ),
        pytest.param(
            VALID.replace("objective_without_strategic_bet", "evidence_missing").replace(OBJECTIVE, "AIA-27-1"),
            [issue("evidence_missing", f"AI system {system}, AIA-27-1") for system in ("pricing", "claims_triage")],
            [
                "suppressions.yml:3: suppression of evidence_missing about AIA-27-1: it silences nothing: no finding "
                "of evidence_missing is about AIA-27-1 - evidence_missing finds something about "
                "claims_triage.AIA-27-1, pricing.AIA-27-1. Fix: write claims_triage.AIA-27-1, or delete the entry"
            ],
            id="an obligation without its system",
        ),
        pytest.param(
            VALID,
            [issue("objective_without_strategic_bet", f"objective {OBJECTIVE}", "error")],
            [
                "suppressions.yml:2: suppression of objective_without_strategic_bet about contracts_in_a_week: it "
                "silences nothing: the finding is an error or about a suppression - warnings and advice about the "
                "cascade are suppressed, nothing else. Fix: mend what was found and delete the entry"
            ],
            id="an error",
        ),
        pytest.param(VALID.replace("2026-12-18", "2026-11-22"), [], [], id="expired, which is told already"),
    ],
)
def test_a_suppression_that_silences_nothing_is_told_as_advice(
    cascade_copy: CascadeCopy, text: str, issues: list[Issue], sentences: list[str]
) -> None:
    cascade_copy.add(FILE, text)
    cascade = cascade_copy.check().cascade
    assert cascade is not None

    found = unused(cascade, issues, AS_OF)

    assert [each.sentence() for each in found] == sentences
    assert {(each.rule, each.level) for each in found} <= {("unused_suppression", "advice")}


@pytest.mark.parametrize(
    ("subject", "about", "address"),
    [
        ("key result handle_time", "handle_time", "handle_time"),
        ("AI system claims_triage, AIA-27-1", "AIA-27-1", "claims_triage.AIA-27-1"),
        ("AI system a, AIA-73, incident 7", "7", "a.AIA-73.7"),
        ("system 'agent_assist'", "agent_assist", "agent_assist"),
        ("catalogue", "catalogue", "catalogue"),
        ("", "", ""),
    ],
)
def test_an_issue_names_what_it_is_about(subject: str, about: str, address: str) -> None:
    assert (issue(about=subject).about, issue(about=subject).address) == (about, address)
