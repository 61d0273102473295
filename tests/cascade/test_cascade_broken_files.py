"""One thing broken in a valid cascade: the exact sentences, and no others."""

import pytest
from cascade_copy import CascadeCopy

EXECUTIVE = "2026-h2/executive.yml"
OPERATIONS = "2026-h2/customer_operations.yml"
BILLING = "2026-h2/billing_support.yml"
LEGAL = "2026-h2/legal.yml"
AGREEMENTS = "2026-h2/vendor_agreements.yml"

BROKEN = [
    pytest.param(
        [(BILLING, "        window: week\n", "        window: week\n        window: week\n")],
        [
            "2026-h2/billing_support.yml:18: YAML: the key 'window' is already given in line 17 - "
            "a key stands once in a mapping. Fix: delete one of the lines 17 and 18"
        ],
        id="a duplicate key",
    ),
    pytest.param(
        [(BILLING, "baseline: {value: 0.2, source: pilot}", "baseline: &start {value: 0.2, source: pilot}")],
        [
            "2026-h2/billing_support.yml:14: YAML: the anchor '&start' is defined - every value "
            "is written where it applies. Fix: write the value out in full"
        ],
        id="an anchor",
    ),
    pytest.param(
        [(OPERATIONS, "        minimum_cases: 200", "        minimum_cases: *n")],
        [
            "2026-h2/customer_operations.yml:18: YAML: the alias '*n' stands for another place - "
            "every value is written where it applies. Fix: write the value out in full"
        ],
        id="an alias",
    ),
    pytest.param(
        [
            (
                BILLING,
                "title: Seven of ten replies are written with assistance",
                "title: !!python/object/apply:os.system [id]",
            )
        ],
        [
            "2026-h2/billing_support.yml:11: YAML: the tag "
            "'tag:yaml.org,2002:python/object/apply:os.system' asks for a type - values carry no "
            "tags; nothing in a definition is executed. Fix: delete the tag"
        ],
        id="a python tag",
    ),
    pytest.param(
        [(BILLING, "        window: week\n", "        <<: {window: week}\n        window: week\n")],
        [
            "2026-h2/billing_support.yml:17: YAML: the merge key '<<' copies another mapping - "
            "every value is written where it applies. Fix: write the value out in full"
        ],
        id="a merge key",
    ),
    pytest.param(
        [(OPERATIONS, "        trajectory: {", "        trajectroy: {")],
        [
            "2026-h2/customer_operations.yml:21: key result handle_time: unknown key 'trajectroy' "
            "- the keys are id, title, metric, where, baseline, target, target_set_on, window, "
            "minimum_cases, weight, due, trajectory, benchmark, contributes, compare_with, "
            "guarded_by, ai_systems, deploys, draft. Fix: write trajectory"
        ],
        id="an unknown key near a known one",
    ),
    pytest.param(
        [(BILLING, "derives_from: handle_time", "derives_from: handel_time")],
        [
            "2026-h2/billing_support.yml:8: objective assisted_answers: its parent 'handel_time' "
            "does not exist - derives_from is the id of a key result of cycle 2026-h2. Fix: write "
            "handle_time"
        ],
        id="an unknown parent near a known one",
    ),
    pytest.param(
        [(BILLING, "derives_from: handle_time", "derives_from: contacts_per_person")],
        [
            "2026-h2/billing_support.yml:8: objective assisted_answers: its parent "
            "contacts_per_person is 2 levels up, executive - an objective derives from a key "
            "result exactly one level up. Fix: name a key result of level business_unit"
        ],
        id="a level skipped",
    ),
    pytest.param(
        [(BILLING, "derives_from: handle_time", "derives_from: assisted_share")],
        [
            "2026-h2/billing_support.yml:8: objective assisted_answers: it derives from itself in "
            "a circle (assisted_answers -> assisted_answers) - an objective derives from a key "
            "result exactly one level up. Fix: name a key result of level business_unit"
        ],
        id="an objective that derives from its own key result",
    ),
    pytest.param(
        [
            (BILLING, "derives_from: handle_time", "derives_from: settled_alone"),
            (AGREEMENTS, "derives_from: review_days", "derives_from: assisted_share"),
        ],
        [
            "2026-h2/billing_support.yml:8: objective assisted_answers: it derives from itself in "
            "a circle (assisted_answers -> routine_without_queue -> assisted_answers) - an "
            "objective derives from a key result exactly one level up. Fix: name a key result of "
            "level business_unit",
            "2026-h2/vendor_agreements.yml:8: objective routine_without_queue: it derives from "
            "itself in a circle (routine_without_queue -> assisted_answers -> "
            "routine_without_queue) - an objective derives from a key result exactly one level "
            "up. Fix: name a key result of level business_unit",
        ],
        id="two objectives that derive from each other",
    ),
    pytest.param(
        [(BILLING, "derives_from: handle_time", "derives_from: settled_alone")],
        [
            "2026-h2/billing_support.yml:8: objective assisted_answers: its parent settled_alone "
            "is on the same level, team - an objective derives from a key result exactly one "
            "level up. Fix: name a key result of level business_unit"
        ],
        id="a parent on the same level",
    ),
    pytest.param(
        [(OPERATIONS, "derives_from: contacts_per_person", "derives_from: settled_alone")],
        [
            "2026-h2/customer_operations.yml:8: objective short_conversations: its parent "
            "settled_alone is on a level below, team - an objective derives from a key result "
            "exactly one level up. Fix: name a key result of level executive"
        ],
        id="a parent on a level below",
    ),
    pytest.param(
        [
            (
                EXECUTIVE,
                "    bet: faster_contracts",
                "    bet: faster_contracts\n    derives_from: review_days",
            )
        ],
        [
            "2026-h2/executive.yml:21: objective contracts_in_a_week: an executive objective "
            "derives from review_days - an executive objective derives from nothing and names a "
            "bet. Fix: delete derives_from"
        ],
        id="an executive objective with a parent",
    ),
    pytest.param(
        [(BILLING, "derives_from: handle_time", "derives_from: short_conversations")],
        [
            "2026-h2/billing_support.yml:8: objective assisted_answers: its parent "
            "short_conversations is an objective - derives_from is the id of a key result of "
            "cycle 2026-h2. Fix: name one of its key results (handle_time, repeat_contacts)"
        ],
        id="a parent that is an objective",
    ),
    pytest.param(
        [(BILLING, "    derives_from: handle_time\n", "")],
        [
            "2026-h2/billing_support.yml:6: objective assisted_answers: it derives from no key "
            "result - below the executive level, an objective derives from a key result exactly "
            "one level up. Fix: add derives_from: with the id of a key result of level "
            "business_unit"
        ],
        id="an objective without parent",
    ),
    pytest.param(
        [(AGREEMENTS, "id: settled_alone", "id: assisted_share")],
        [
            "2026-h2/vendor_agreements.yml:10: key result assisted_share: the id is already used "
            "in 2026-h2/billing_support.yml:10 - objectives, key results and initiatives of all "
            "cycles have ids of their own. Fix: rename one of the two"
        ],
        id="a duplicate id",
    ),
    pytest.param(
        [
            (
                AGREEMENTS,
                "  - id: routine_without_queue",
                "  - {id: empty, title: None yet, derives_from: review_days, key_results: []}\n"
                "  - id: routine_without_queue",
            )
        ],
        [
            "2026-h2/vendor_agreements.yml:6: objective empty: it has no key results - an "
            "objective has at least one. Fix: add a key result, or delete the objective"
        ],
        id="an empty objective",
    ),
    pytest.param(
        [(LEGAL, "target: {between: [2, 5]}", "target: 5")],
        [
            "2026-h2/legal.yml:14: key result review_days, target: the target is one exact number "
            "(5) - exactly one of at_most, at_least, between, reduce_by_at_least, "
            "increase_by_at_least. Fix: write {at_most: 5} or {at_least: 5}"
        ],
        id="a target of one exact number",
    ),
    pytest.param(
        [(OPERATIONS, "25%", "0.25")],
        [
            "2026-h2/customer_operations.yml:15: key result handle_time, "
            "target.reduce_by_at_least: 0.25 is not a percentage - a number with a percent sign, "
            "e.g. 25%. Fix: write 25% if 0.25 is a ratio"
        ],
        id="a ratio where a percentage belongs",
    ),
    pytest.param(
        [(OPERATIONS, "25%", "a quarter")],
        [
            "2026-h2/customer_operations.yml:15: key result handle_time, "
            "target.reduce_by_at_least: 'a quarter' is not a percentage - a number with a percent "
            "sign, e.g. 25%. Fix: write it like 25%"
        ],
        id="words where a percentage belongs",
    ),
    pytest.param(
        [(OPERATIONS, "25%", "125%")],
        [
            "2026-h2/customer_operations.yml:15: key result handle_time, "
            "target.reduce_by_at_least: '125%' is out of range - at most 100%. Fix: choose a "
            "value in this range"
        ],
        id="a reduction by more than all",
    ),
    pytest.param(
        [(LEGAL, "metric: contract_review_days", "metric: contract_reveiw_days")],
        [
            "2026-h2/legal.yml:12: key result review_days: the metric 'contract_reveiw_days' does "
            "not exist - known are agreements_without_escalation_share, ai_assisted_reply_share, "
            "average_handle_time_seconds, contacts_per_support_fte, contract_review_days, "
            "draft_to_signature_days, repeat_contact_rate, revert_share. Fix: write "
            "contract_review_days"
        ],
        id="an unknown metric near a known one",
    ),
    pytest.param(
        [(LEGAL, "owner: head of legal", "owner: Maria Example")],
        [
            "2026-h2/legal.yml:4: owner: 'Maria Example' looks like a person's name - an owner is "
            "a role, never a person, e.g. head of customer operations. Fix: write the role in "
            "lower case"
        ],
        id="a person where a role belongs",
    ),
    pytest.param(
        [(LEGAL, "owner: head of legal", "owner: legal@example.org")],
        [
            "2026-h2/legal.yml:4: owner: 'legal@example.org' is an address or a handle of a "
            "person - an owner is a role, never a person, e.g. head of customer operations. Fix: "
            "write the role in lower case"
        ],
        id="an address where a role belongs",
    ),
    pytest.param(
        [
            (BILLING, "segment: billing}", "segment: billing, ai_assisted: assisted}"),
            (BILLING, "{org_unit: billing_support,", "{org_unit: biling_support,"),
        ],
        [
            "2026-h2/billing_support.yml:13: key result assisted_share, where: the org unit "
            "'biling_support' does not exist - known are billing_support, customer_operations, "
            "insurer, legal, policy_support, vendor_agreements. Fix: write billing_support"
        ],
        id="an unknown org unit in where",
    ),
    pytest.param(
        [(LEGAL, "org_unit: legal", "org_unit: legl")],
        [
            "2026-h2/legal.yml:2: org_unit: the org unit 'legl' does not exist - known are "
            "billing_support, customer_operations, insurer, legal, policy_support, "
            "vendor_agreements. Fix: write legal"
        ],
        id="an unknown owning unit",
    ),
    pytest.param(
        [(AGREEMENTS, "2026-W14..2026-W26", "2026-W26..2026-W14")],
        [
            "2026-h2/vendor_agreements.yml:13: key result settled_alone, baseline.measured_over: "
            "the last week 2026-W14 lies before the first week 2026-W26 - first and last ISO "
            "week, e.g. 2026-W14..2026-W26. Fix: correct the range"
        ],
        id="a range of weeks that runs backwards",
    ),
    pytest.param(
        [(AGREEMENTS, "2026-W14..2026-W26", "2026-W14..2026-W54")],
        [
            "2026-h2/vendor_agreements.yml:13: key result settled_alone, baseline.measured_over: "
            "the ISO year 2026 has no week 54 - first and last ISO week, e.g. 2026-W14..2026-W26. "
            "Fix: correct the range"
        ],
        id="a week that the year does not have",
    ),
    pytest.param(
        [
            (OPERATIONS, "weight: 2", "weight: 0"),
            (OPERATIONS, "        title: No more", "        weight: 0\n        title: No more"),
        ],
        [
            "2026-h2/customer_operations.yml:9: objective short_conversations: the weights of its "
            "key results sum to 0 - the sum is above 0 and finite. Fix: give at least one key "
            "result a weight such as 1"
        ],
        id="weights that sum to nothing",
    ),
    pytest.param(
        [(OPERATIONS, "weight: 2", "weight: -1")],
        [
            "2026-h2/customer_operations.yml:19: key result handle_time: its weight -1 is "
            "negative - a weight is 0 or more. Fix: write 0 for a key result that is watched and "
            "not counted"
        ],
        id="a negative weight",
    ),
    pytest.param(
        [(LEGAL, "source: document management report", "source: no")],
        [
            "2026-h2/legal.yml:13: YAML: 'no' is a truth value to some YAML readers and a word to "
            "others - the truth values are true and false; a word that looks like one stands in "
            'quotes. Fix: write "no" if you mean the word'
        ],
        id="a word that YAML 1.1 reads as false",
    ),
    pytest.param(
        [(LEGAL, "due: 2026-12-31", "due: 2026-12-32")],
        [
            "2026-h2/legal.yml:17: YAML: '2026-12-32' is no day of the calendar - a date is "
            "YYYY-MM-DD, e.g. 2026-12-31. Fix: correct the day or the month"
        ],
        id="a day that the calendar does not have",
    ),
    pytest.param(
        [(LEGAL, "{between: [2, 5]}", "{at_most: 11}")],
        [
            "2026-h2/legal.yml:14: key result review_days, target: the target (at most 11) equals "
            "the baseline 11 - a target away from the baseline, so that progress can be told. "
            "Fix: correct the target or the baseline"
        ],
        id="a target that equals the baseline",
    ),
    pytest.param(
        [(LEGAL, "{between: [2, 5]}", "{at_most: 11, at_least: 3}")],
        [
            "2026-h2/legal.yml:14: key result review_days, target: the target has 2 operators "
            "(at_most, at_least) - exactly one of at_most, at_least, between, reduce_by_at_least, "
            "increase_by_at_least. Fix: keep one"
        ],
        id="a target with two operators",
    ),
    pytest.param(
        [(LEGAL, "{value: 11, source: document management report}", "11")],
        [
            "2026-h2/legal.yml:13: key result review_days, baseline: the baseline 11 has no "
            "source - {value: 480, source: ...} or {measured_over: 2026-W14..2026-W26}. Fix: say "
            "where the number comes from"
        ],
        id="a baseline without source",
    ),
    pytest.param(
        [(LEGAL, "        window: trailing_4_weeks\n", "")],
        [
            "2026-h2/legal.yml:10: key result review_days: the key window is missing - required "
            "are id, title, metric, baseline, target, target_set_on, window, due. Fix: add "
            "window: ..."
        ],
        id="a missing key",
    ),
    pytest.param(
        [(LEGAL, "trailing_4_weeks", "trailing_4_week")],
        [
            "2026-h2/legal.yml:16: key result review_days, window: 'trailing_4_week' is not known "
            "here - one of week, trailing_4_weeks, trailing_13_weeks, cycle_to_date. Fix: write "
            "trailing_4_weeks"
        ],
        id="an unknown window near a known one",
    ),
    pytest.param(
        [(LEGAL, "level: business_unit", "level: businessunit")],
        [
            "2026-h2/legal.yml:3: level: 'businessunit' is not known here - one of executive, "
            "business_unit, team. Fix: write business_unit"
        ],
        id="an unknown level",
    ),
    pytest.param(
        [(LEGAL, "cycle: 2026-h2", "cycle: 2026-h1")],
        [
            "2026-h2/legal.yml:1: cycle: '2026-h1' differs from the folder's name '2026-h2' - the "
            "folder is named by the id. Fix: write 2026-h2, or rename the folder"
        ],
        id="a cycle that is not the folder's",
    ),
    pytest.param(
        [(BILLING, "guarded_by: [repeat_contacts]", "guarded_by: [repeat_contact_rate]")],
        [
            "2026-h2/billing_support.yml:21: key result assisted_share: its guard "
            "repeat_contact_rate is a metric - guarded_by lists ids of key results. Fix: write "
            "repeat_contacts"
        ],
        id="a guard that is a metric",
    ),
    pytest.param(
        [(BILLING, "guarded_by: [repeat_contacts]", "guarded_by: [assisted_share]")],
        [
            "2026-h2/billing_support.yml:21: key result assisted_share: it is named as its own "
            "guard - the guard is another key result. Fix: name another or delete it"
        ],
        id="a key result that guards itself",
    ),
    pytest.param(
        [(BILLING, "guarded_by: [repeat_contacts]", "guarded_by: [repeat_contact]")],
        [
            "2026-h2/billing_support.yml:21: key result assisted_share: the guard "
            "'repeat_contact' does not exist - known are assisted_share, contacts_per_person, "
            "handle_time, repeat_contacts, review_days, settled_alone, signature_days. Fix: write "
            "repeat_contacts"
        ],
        id="an unknown guard",
    ),
    pytest.param(
        [(EXECUTIVE, "bet: faster_contracts", "bet: faster_contract")],
        [
            "2026-h2/executive.yml:20: objective contracts_in_a_week: the bet 'faster_contract' "
            "does not exist - known are faster_contracts, lower_service_cost. Fix: write "
            "faster_contracts"
        ],
        id="an unknown bet",
    ),
    pytest.param(
        [(EXECUTIVE, "    bet: faster_contracts\n", "")],
        [
            "2026-h2/executive.yml:18: objective contracts_in_a_week: it is tied to no strategic "
            "bet - an executive objective names one of the bets of strategy.yml "
            "(lower_service_cost, faster_contracts). Fix: add bet: with the id of one"
        ],
        id="an executive objective without bet",
    ),
    pytest.param(
        [(BILLING, "ai_systems: [agent_assist]\n    budget", "ai_systems: [agent_asist]\n    budget")],
        [
            "2026-h2/billing_support.yml:27: initiative assist_rollout: the AI system "
            "'agent_asist' does not exist - known are agent_assist. Fix: write agent_assist"
        ],
        id="an unknown AI system",
    ),
    pytest.param(
        [(BILLING, "supports: [assisted_share]", "supports: [assisted_shar]")],
        [
            "2026-h2/billing_support.yml:26: initiative assist_rollout: the key result "
            "'assisted_shar' does not exist - known are assisted_share, contacts_per_person, "
            "handle_time, repeat_contacts, review_days, settled_alone, signature_days. Fix: write "
            "assisted_share"
        ],
        id="an initiative that supports an unknown key result",
    ),
    pytest.param(
        [("organisation.yml", "minimum_group: 5", "minimum_group: 4")],
        [
            "organisation.yml:3: minimum_group: 4 people are too small a group to publish - 5 or "
            "more: the minimum may be raised, never lowered. Fix: write 5"
        ],
        id="a minimum group below five",
    ),
    pytest.param(
        [("organisation.yml", "{parent: insurer, title: Legal}", "{parent: insurr, title: Legal}")],
        [
            "organisation.yml:9: units.legal.parent: there is no unit 'insurr' - the parent is "
            "one of insurer, customer_operations, billing_support, policy_support, legal, "
            "vendor_agreements. Fix: write insurer"
        ],
        id="a unit below an unknown unit",
    ),
    pytest.param(
        [("policy.yml", "on_track_from: {value: -0.15, reason: two weeks late are normal}\n", "")],
        [
            "policy.yml:1: file: the key on_track_from is missing - required are "
            "minimum_cases_default, on_track_from, at_risk_from, stale_after_weeks, "
            "restatement_tolerance_ratio, executive_objectives_min_count, "
            "executive_objectives_max_count, parents_taken_max_count, gates_required_by_house_policy, "
            "incident_notice_hours, override_rate_min, override_rate_max and 25 more. Fix: add on_track_from: ..."
        ],
        id="a missing threshold",
    ),
    pytest.param(
        [(LEGAL, "id: review_days", "id: r\u0435view_days")],
        [
            "2026-h2/legal.yml:10: key result r\u0435view_days, id: 'r\u0435view_days' contains '\u0435' "
            "(CYRILLIC SMALL LETTER IE) - an id is 1 to 63 characters a-z, 0-9 and _, and begins "
            "with a letter. Fix: type the id again in plain letters",
            "2026-h2/vendor_agreements.yml:8: objective routine_without_queue: its parent "
            "'review_days' does not exist - derives_from is the id of a key result of cycle "
            "2026-h2. Fix: name an existing key result, or define this one",
        ],
        id="an id with a Cyrillic letter",
    ),
    pytest.param(
        [(LEGAL, "title: Mean", "title: Me\u202ean")],
        [
            "2026-h2/legal.yml:11: file: the text contains U+202E (RIGHT-TO-LEFT OVERRIDE), which "
            "is not visible - only visible characters, spaces and line ends. Fix: delete the "
            "character and type the words again"
        ],
        id="a right-to-left override",
    ),
    pytest.param(
        [(BILLING, "{at_least: 70%}", "{at_least: 70}")],
        [
            "2026-h2/billing_support.yml:15: key result assisted_share: the target 70 is no share "
            "- a share lies between 0 and 1. Fix: write 70% if you mean 0.7"
        ],
        id="a share above one",
    ),
]


def test_the_valid_cascade_has_no_issues(cascade_copy: CascadeCopy) -> None:
    result = cascade_copy.check()

    assert result.issues == ()
    assert result.cascade is not None


@pytest.mark.parametrize(("edits", "sentences"), BROKEN)
def test_breaking_one_thing_gives_its_sentence_and_no_other(
    cascade_copy: CascadeCopy, edits: list[tuple[str, str, str]], sentences: list[str]
) -> None:
    for file, old, new in edits:
        cascade_copy.edit(file, old, new)

    assert cascade_copy.sentences() == sentences


def test_problems_of_several_files_are_told_at_once_sorted_by_file_and_line(
    cascade_copy: CascadeCopy,
) -> None:
    cascade_copy.edit(LEGAL, "objectives:", "objectives: ]")
    cascade_copy.edit(BILLING, "derives_from: handle_time", "derives_from: handel_time")
    cascade_copy.edit(AGREEMENTS, "2026-W14", "2026-W64")
    cascade_copy.edit(OPERATIONS, "metric: average_handle_time_seconds", "metric: average_handle_time_second")
    cascade_copy.edit(OPERATIONS, "value: 0.14", "value: about 0.14")
    cascade_copy.edit("organisation.yml", "minimum_group: 5", "minimum_group: 3")

    found = [(issue.file, issue.line, issue.rule) for issue in cascade_copy.check().issues]

    assert found == [
        (BILLING, 8, "derives_from_unknown"),
        (OPERATIONS, 12, "unknown_metric"),
        (OPERATIONS, 28, "wrong_value"),
        (LEGAL, 5, "yaml_syntax"),
        (AGREEMENTS, 13, "wrong_value"),
        ("organisation.yml", 3, "wrong_value"),
    ]


@pytest.mark.parametrize("file", ["organisation.yml", "strategy.yml", "policy.yml", LEGAL, EXECUTIVE])
def test_a_file_that_cannot_be_read_does_not_raise_false_alarms_in_others(cascade_copy: CascadeCopy, file: str) -> None:
    cascade_copy.add(file, "\n]")

    result = cascade_copy.check()

    assert [(issue.file, issue.rule) for issue in result.issues] == [(file, "yaml_syntax")]
    assert result.cascade is None


def test_an_issue_is_a_sentence_and_a_record(cascade_copy: CascadeCopy) -> None:
    cascade_copy.edit(LEGAL, "level: business_unit", "level: businessunit")

    (issue,) = cascade_copy.check().issues

    assert issue.as_dict() == {
        "rule": "wrong_value",
        "level": "error",
        "file": LEGAL,
        "line": 3,
        "object": "level",
        "problem": "'businessunit' is not known here",
        "allowed": "one of executive, business_unit, team",
        "fix": "write business_unit",
        "sentence": issue.sentence(),
    }
