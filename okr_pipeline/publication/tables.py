"""The published tables: names, columns, units and meanings, in one place.

The file's comments, ``data_dictionary``, the key checks of the verification and the README's dictionary all come from
here. Changes are additive only: a column is never renamed or dropped.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column; ``unit`` is empty for text and dates."""

    name: str
    type: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table; ``key`` is unique and never null."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


def _columns(text: str) -> tuple[Column, ...]:
    """Read ``name | type | unit | meaning`` lines."""
    rows = (tuple(part.strip() for part in line.split("|")) for line in text.strip().splitlines())
    return tuple(Column(*row) for row in rows)


KEY_RESULTS = Table(
    "key_results",
    "one row per key result and definition version",
    ("key_result_id", "definition_hash"),
    _columns("""
        key_result_id | varchar | | stable id, as in the YAML
        definition_hash | varchar | sha256 | hash of the definition; a new version has a new hash
        is_current | boolean | | whether this version is the one in force
        title | varchar | | the key result in a sentence
        level | varchar | | executive, business_unit or team
        org_unit | varchar | | the unit that owns the file
        owner | varchar | | the role that answers for it
        cycle | varchar | | planning cycle
        objective_id | varchar | | the objective it belongs to
        objective_title | varchar | | that objective in a sentence
        parent_key_result_id | varchar | | the key result one level up that the objective derives from; null at the top
        metric | varchar | | name of the dbt metric model
        kind | varchar | | business_outcome, adoption, quality or activity
        unit | varchar | | unit of the metric's value
        direction | varchar | | up or down: which way is better
        filter | varchar | | unit, segment and assistance that the metric is filtered on
        window | varchar | | weeks behind one value
        baseline | double | metric unit | value progress starts from; null while it cannot be measured
        target_low | double | metric unit | the value must be at least this; null without a lower bound
        target_high | double | metric unit | the value must be at most this; null without an upper bound
        weight | double | ratio | weight in the roll-up of its objective
        minimum_cases | bigint | count | fewer cases are inconclusive
        due | date | | last day of the key result
        target_set_on | date | | day the target was set
        guarded_by | varchar | | key results that keep it honest, separated by commas
        ai_systems | varchar | | AI systems it rests on, separated by commas
        file | varchar | | YAML file of the definition
        line | integer | | line in that file
        first_published_at | timestamptz | | when this version was first published
        target | varchar | | the target in words, as defined; null in versions of an earlier release
        baseline_definition | varchar | | baseline as defined: the weeks it is measured over, or number and source
        cycle_start | date | | first day of the cycle; null in versions of an earlier release
    """),
)

KEY_RESULT_VALUES = Table(
    "key_result_values",
    "one row per key result, week and version of the value; append-only",
    ("key_result_id", "week_start", "version"),
    _columns("""
        key_result_id | varchar | | key result
        week_start | date | | Monday of the week the window ends with
        iso_week | varchar | | the same week, as 2026-W47
        version | integer | count | 1 for the first computation, one more for each change
        is_latest | boolean | | whether no later version exists
        restates | integer | count | version whose value this one corrects; null if none
        value | double | metric unit | null when it cannot be computed; see reason
        low | double | metric unit | lower end of the 95 % interval
        high | double | metric unit | upper end of the 95 % interval
        sample_count | bigint | count | cases behind the value
        people_count | bigint | count | lower bound of distinct people behind the value; null where nobody is
        baseline | double | metric unit | baseline used
        target_low | double | metric unit | lower bound used
        target_high | double | metric unit | upper bound used
        progress | double | ratio | share of the way from baseline to target; not clipped
        expected_progress | double | ratio | what the declared trajectory expects; null before its lag has passed
        observed_until | timestamptz | | newest event behind the value: the freshness of its source
        reason | varchar | | why there is no value or no progress
        gap | varchar | | kind of reason for a missing value: week_missing, no_cases, ...; none if there is one
        input_hash | varchar | sha256 | hash of the landed files behind the metric up to this week
        definition_hash | varchar | sha256 | version of the definition used
        computed_at | timestamptz | | when this version was computed
    """),
)

KEY_RESULT_CURRENT = Table(
    "key_result_current",
    "one row per key result in force",
    ("key_result_id",),
    _columns("""
        key_result_id | varchar | | key result
        objective_id | varchar | | its objective
        level | varchar | | executive, business_unit or team
        org_unit | varchar | | owning unit
        title | varchar | | the key result in a sentence
        metric | varchar | | metric model
        unit | varchar | | unit of the value
        status | varchar | | one of the closed set that the README explains
        status_reason | varchar | | why, in a sentence
        as_of_week | date | | week the status speaks of
        value_week | date | | week of the value shown; older than as_of_week when stale
        value | double | metric unit | latest value; null if there never was one
        low | double | metric unit | lower end of its 95 % interval
        high | double | metric unit | upper end of its 95 % interval
        sample_count | bigint | count | cases behind the value
        baseline | double | metric unit | baseline used
        target_low | double | metric unit | lower bound of the target
        target_high | double | metric unit | upper bound of the target
        progress | double | ratio | share of the way from baseline to target; not clipped
        expected_progress | double | ratio | what the declared trajectory expects
        weeks_stale | integer | weeks | age of the value against as_of_week
        trend | varchar | | improving, worsening or steady against four weeks before; unknown with too few
        observed_until | timestamptz | | newest event behind the value
        due | date | | last day of the key result
        definition_hash | varchar | sha256 | version of the definition
        reach_probability | double | ratio | chance that the target is met in the week it is due; null if not forecast
        forecast | double | metric unit | value expected in that week
        forecast_low | double | metric unit | lower end of the 80 % interval of the forecast
        forecast_high | double | metric unit | upper end of the 80 % interval of the forecast
        forecast_method | varchar | | adoption_curve or local_level; null without a forecast
        forecast_coverage | double | ratio | share of its own past values that such intervals held; null with too few
        forecast_reason | varchar | | what the forecast rests on, or why there is none, e.g. too early
        drift | varchar | | drifting, steady or not_enough_data, against the weeks of the baseline
        drift_direction | varchar | | up or down; null unless drifting
        drift_reason | varchar | | the figures behind it, or why nothing is said
    """),
)

CASCADE_HEALTH = Table(
    "cascade_health",
    "one row per node (objective, key result or milestone) and week of the cycle",
    ("node_id", "node_kind", "week_start"),
    _columns("""
        node_id | varchar | | objective_id, key_result_id or milestone_id
        node_kind | varchar | | objective, key_result or milestone
        week_start | date | | Monday
        iso_week | varchar | | the same week, as 2026-W47
        level | varchar | | executive, business_unit or team
        org_unit | varchar | | owning unit
        parent_id | varchar | | node one step up: an objective's key result, the objective of the rest; null at the top
        status | varchar | | as in key_result_current; of a milestone see compliance_milestones for its own state
        status_reason | varchar | | why, in a sentence
        progress | double | ratio | weighted and clipped to 0-1 for an objective, raw for a key result
        data_coverage | double | ratio | share of weight whose status is known
        weakest_child | varchar | | node that pulls it down; null for a leaf
        errors_count | integer | count | findings of level error on this node
        warnings_count | integer | count | findings of level warning
        advice_count | integer | count | findings of level advice
        compliance_gate | varchar | | the gates that block this node or key results of it, in sentences; null if none
        definition_hash | varchar | sha256 | version of the definition
    """),
)

CASCADE_FINDINGS = Table(
    "cascade_findings",
    "one row per finding about the cascade in force",
    ("finding_id",),
    _columns("""
        finding_id | varchar | | stable id of the finding: rule, node and problem
        rule | varchar | | name of the rule or check that found it
        severity | varchar | | error, warning or advice
        node | varchar | | objective, key result, initiative or table it is about
        message | varchar | | what is wrong and what is allowed
        fix | varchar | | the next action
        file | varchar | | file of the definition; null where it is about data
        line | integer | | line in that file
        suppressed_until | date | | last day on which the finding is silenced and not counted; null if it is not
        suppression_reason | varchar | | why it is silenced
    """),
)

ALIGNMENT_EVIDENCE = Table(
    "alignment_evidence",
    "one row per key result that claims to move its parent; association, never proof of a cause",
    ("child_key_result_id", "parent_key_result_id"),
    _columns("""
        child_key_result_id | varchar | | key result that claims an effect
        parent_key_result_id | varchar | | key result that it claims to move
        verdict | varchar | | moves, flat, consistent_with or not_enough_data
        reason | varchar | | the figures behind it, or why the test is silent
        compared_with | varchar | | unit, segment and side that has not adopted; null without a comparison
        lag_weeks | integer | weeks | lag that the definition claims
        claim_ratio | double | ratio | smallest relative change of the parent that is claimed for the way covered so far
        estimate_ratio | double | ratio | relative change of the parent's metric that went with the adoption
        low_ratio | double | ratio | lower end of its interval
        high_ratio | double | ratio | upper end of its interval
        minimum_detectable_ratio | double | ratio | smallest effect that these weeks could have shown
        adoption_reached_ratio | double | ratio | rise of the child's share, or of its progress, since the start
        weeks_before | integer | count | usable weeks before the adoption
        weeks_after | integer | count | usable weeks after it and its lag
        gap_ratio | double | ratio | assisted against unassisted cases at equal mix; null without such a split
        gap_low_ratio | double | ratio | lower end of its interval
        gap_high_ratio | double | ratio | upper end of its interval
        translation | varchar | | both, child_only, parent_only, neither or unknown, for the monthly review
        translation_sentence | varchar | | what that means
        needed_ratio | double | ratio | relative change that the parent needs to meet its target
        delivered_low_ratio | double | ratio | sum of what all its children claim at least
        delivered_high_ratio | double | ratio | sum of what all its children claim at most
        budget_verdict | varchar | | enough, may_be_enough, cannot_move_parent or not_assessed
        budget_reason | varchar | | that arithmetic in a sentence
        week_start | date | | Monday of the week it speaks of
    """),
)

METRIC_DRIVERS = Table(
    "metric_drivers",
    "one row per metric, week and cell; mix and rate of a week sum to the change",
    ("metric", "week_start", "org_unit", "segment", "ai_assisted"),
    _columns("""
        metric | varchar | | metric model
        week_start | date | | Monday
        iso_week | varchar | | the same week, as 2026-W47
        previous_week | date | | Monday of the week it is compared with: the last one before that had a value
        org_unit | varchar | | unit of the cell; withheld stands for all cells that must not be shown
        segment | varchar | | the metric's own breakdown, or all
        ai_assisted | varchar | | assisted, unassisted or all
        mix | double | metric unit | part of the change that comes from the cell's share of the cases
        rate | double | metric unit | part that comes from the cell's own value
        change | double | metric unit | change of the metric over the whole organisation
        is_top | boolean | | whether the cell explains most, and chance does not change that; newest week only
        top_reason | varchar | | why no cell is named; null where one is, and in older weeks
    """),
)

KEY_RESULT_DRIVERS = Table(
    "key_result_drivers",
    "one row per key result and cell of its metric in its own scope; mix and rate sum to the change",
    ("key_result_id", "org_unit", "segment", "ai_assisted"),
    _columns("""
        key_result_id | varchar | | key result
        org_unit | varchar | | unit of the cell; withheld stands for all cells that must not be shown
        segment | varchar | | the metric's own breakdown, or all
        ai_assisted | varchar | | assisted, unassisted or all
        mix | double | metric unit | part of the change that comes from the cell's share of the cases
        rate | double | metric unit | part that comes from the cell's own value
        change | double | metric unit | change of the metric in the key result's scope, from one single week to another
        previous_week | date | | Monday of the week compared with: four weeks before, or the figure before of a month
        week_start | date | | Monday of the newest week with a value
        is_top | boolean | | whether the cell explains most, and chance does not change that
        top_reason | varchar | | why no cell is named; null where one is
    """),
)

METRIC_ASSOCIATIONS = Table(
    "metric_associations",
    "one row per team key result, business-unit key result and lag whose metrics were compared; association only",
    ("team_key_result_id", "business_key_result_id", "lag_weeks"),
    _columns("""
        team_key_result_id | varchar | | key result of a team, by whose metric is looked
        business_key_result_id | varchar | | key result of a business unit whose metric may move with it
        lag_weeks | integer | weeks | weeks by which the business metric is read later
        correlation | double | ratio | of the weekly movements, cleared of what each series does by itself; -1 to 1
        low | double | ratio | lower end of its 95 % interval
        high | double | ratio | upper end of its 95 % interval
        weeks_count | integer | count | weeks with both values
        cases_count | double | count | mean cases a week of the thinner of the two series
        p_value | double | ratio | chance of such a correlation without an association
        is_discovered | boolean | | whether it survives the control of false discoveries over all pairs and lags
        reason | varchar | | why the pair was not compared; null if it was
        sentence | varchar | | the association in words
        week_start | date | | Monday of the newest week
    """),
)

AI_SYSTEMS = Table(
    "ai_systems",
    "one row per AI system",
    ("ai_system_id",),
    _columns("""
        ai_system_id | varchar | | stable id, as in the YAML
        title | varchar | | name for people
        owner | varchar | | the role that answers for it
        purpose | varchar | | intended purpose
        roles | varchar | | our roles as declared, separated by commas; unknown if nobody can say
        annex_iii | varchar | | points of Annex III, separated by commas; unknown if nobody can say
        route | varchar | | way into a class of the AI Act: prohibited, annex_iii_high, annex_iii_exempt, none, ...
        route_reason | varchar | | why, in a sentence
        is_high_risk | boolean | | whether it is high-risk, or may be: an unknown answer counts as yes
        is_provider | boolean | | whether we are its provider, Article 25 included
        is_deployer | boolean | | whether we are its deployer
        is_legacy | boolean | | whether Article 111(2) makes high-risk duties a recommendation
        is_fria_required | boolean | | whether Article 27 asks for a fundamental rights impact assessment
        block | varchar | | why no target may exist; null unless the practice is prohibited
        review | varchar | | what a person has to look at; null when every answer is known
        first_use | date | | first day of use, planned or past; null if unknown
        placed_on_market | date | | day on which the type came on the market; null if unknown
        key_results | varchar | | key results that rest on it or launch it, separated by commas
        objective_id | varchar | | objective that its milestones stand under; null when no key result names it
        milestones_count | bigint | count | obligations that bind, or may bind
        met_count | bigint | count | of these, met
        open_count | bigint | count | of these, neither met nor still to come
        catalogue_version | varchar | | version of the catalogue of obligations
        catalogue_verified_on | date | | day on which the catalogue was last compared with the law
        file | varchar | | YAML file of the system
    """),
)

COMPLIANCE_MILESTONES = Table(
    "compliance_milestones",
    "one row per AI system and obligation, and one more per incident; no legal advice",
    ("milestone_id",),
    _columns("""
        milestone_id | varchar | | AI system, obligation and incident, joined by dots
        ai_system_id | varchar | | AI system
        obligation_id | varchar | | item of the catalogue
        incident_id | varchar | | incident whose clock runs; null for the rest
        objective_id | varchar | | objective it stands under; null when no key result names the system
        title | varchar | | what is to be done
        article | varchar | | article and paragraph
        kind | varchar | | milestone, continuous, event or readiness
        force | varchar | | statutory, grandfathered (recommended), control or national; null where it does not apply
        status | varchar | | met, due, overdue, not_yet_applicable, not_applicable, evidence_missing, expired, ...
        status_reason | varchar | | why, in a sentence
        due | varchar | | legal due: a date, event from a date, on_change or unknown; null where it does not apply
        due_date | date | | the same, where it is a date
        clock_due | timestamptz | | when a running event clock ends; null without one
        planning_due | date | | day by which house policy wants it
        alternative_due | date | | due under the other reading of a contested date
        date_certainty | varchar | | settled or contested
        owner | varchar | | role that answers for it
        evidence_type | varchar | | type of the record that meets it
        signed_by | varchar | | roles that may sign the record, separated by commas
        evidence | varchar | | record that meets it, or the newest that does not; null without any
        gate | varchar | | what it stands in the way of while it is not met; null when nothing
        gate_is_shut | boolean | | whether it blocks key results now
        gate_basis | varchar | | law or house policy; null while the gate is open
        gate_sentence | varchar | | why it blocks, and what opens it; null while the gate is open
        blocks_key_results | varchar | | key results it blocks now, separated by commas
        as_of | date | | day the status speaks of
    """),
)

TARGET_CHANGES = Table(
    "target_changes",
    "one row per key result and change of its definition; append-only",
    ("key_result_id", "change_number"),
    _columns("""
        key_result_id | varchar | | key result
        change_number | integer | count | 1 for the first change that was recorded of it, one more for each
        cycle | varchar | | planning cycle of the definition after the change
        field | varchar | | target, baseline, due, weight, owner, metric, where, window or cycle
        before | varchar | | what was defined before
        after | varchar | | what has been defined since
        changed_on | date | | day it was published, or the day its target was set if nothing contradicts that
        published_at | timestamptz | | when the new definition was first seen in force
        is_after_start | boolean | | whether the cycle had begun on an earlier day
        effect | varchar | | what is to be reached became easier, harder, neither of the two, or unknown
        old_definition_hash | varchar | sha256 | version before
        new_definition_hash | varchar | sha256 | version since
    """),
)

METRIC_VALUES = Table(
    "metric_values",
    "one row per metric, week, org unit, segment and assistance; groups below the minimum are suppressed",
    ("metric", "week_start", "org_unit", "segment", "ai_assisted"),
    _columns("""
        metric | varchar | | metric model
        kind | varchar | | business_outcome, adoption, quality or activity
        unit | varchar | | unit of the value
        week_start | date | | Monday
        iso_week | varchar | | the same week, as 2026-W47
        org_unit | varchar | | unit of the rows; units below it have rows of their own
        segment | varchar | | the metric's own breakdown, or all
        ai_assisted | varchar | | assisted, unassisted, or all
        value | double | metric unit | numerator / denominator; null when suppressed
        numerator | double | | add up over rows before dividing; null when suppressed
        denominator | double | | add up over rows before dividing; null when suppressed
        sum_squares | double | | sum of squares of the cases behind a mean; null when suppressed
        sample_count | bigint | count | cases behind the row; null when suppressed
        people_count | bigint | count | distinct people behind the row; null where nobody is, or when suppressed
        observed_until | timestamptz | | newest event seen; null when suppressed
        is_suppressed | boolean | | whether the group is too small to show, or would give one away by subtraction
    """),
)

DATA_SOURCES = Table(
    "data_sources",
    "one row per system and table",
    ("system", "table_name"),
    _columns("""
        system | varchar | | system of record
        table_name | varchar | | table of that system
        owner | varchar | | role that answers for the data
        cadence | varchar | | weekly or monthly
        verdict | varchar | | landed, contract_failed, volume_failed, unreachable or missing
        reason | varchar | | why, in a sentence
        newest_event | timestamptz | | newest event the system holds
        newest_week | date | | newest landed week
        weeks_behind | integer | weeks | newest landed week against as_of_week
        as_of_week | date | | week the verdict speaks of
        landed_weeks | integer | count | weeks that are landed
        rows_count | bigint | count | rows that are landed
        rows_quarantined | bigint | count | rows left out, by the reasons in quarantine
        quarantine | varchar | | reasons and counts of the rows left out
        unmapped_codes | varchar | | unit codes of the newest week that organisation.yml does not map, with row counts
        added_columns | varchar | | columns the system has and the contract does not; they are not landed
        sha256 | varchar | sha256 | hash over the current landed files
        contract_hash | varchar | sha256 | version of the contract
    """),
)

PUBLICATION_INFO = Table(
    "publication_info",
    "one row: this publication",
    ("publication_id",),
    _columns("""
        publication_id | varchar | | folder name below publications/
        published_at | timestamptz | | when it was built
        data_through | date | | Monday of the newest week
        data_through_iso_week | varchar | | the same week, as 2026-W47
        time_zone | varchar | | zone in which weeks begin
        code_version | varchar | | version of the pipeline
        dbt_hash | varchar | sha256 | hash of the dbt project
        cascade_hash | varchar | sha256 | hash over all definitions
        landing_hash | varchar | sha256 | hash over all current landed files
        run_id | varchar | | Dagster run that built it
        alignment_score | integer | count | 5 to 100, beside the findings and never instead of them
        alignment_reason | varchar | | the score in a sentence
        alignment_deductions | varchar | | every deduction with its points and what it is about
    """),
)

DATA_DICTIONARY = Table(
    "data_dictionary",
    "one row per table and column",
    ("table_name", "column_name"),
    _columns("""
        table_name | varchar | | table of schema okr
        column_name | varchar | | column
        position | integer | count | place of the column in its table
        type | varchar | | SQL type
        unit | varchar | | unit, empty for text and dates
        meaning | varchar | | what it holds
    """),
)

TABLES = (
    KEY_RESULTS,
    KEY_RESULT_VALUES,
    KEY_RESULT_CURRENT,
    CASCADE_HEALTH,
    CASCADE_FINDINGS,
    ALIGNMENT_EVIDENCE,
    METRIC_DRIVERS,
    KEY_RESULT_DRIVERS,
    METRIC_ASSOCIATIONS,
    AI_SYSTEMS,
    COMPLIANCE_MILESTONES,
    TARGET_CHANGES,
    METRIC_VALUES,
    DATA_SOURCES,
    PUBLICATION_INFO,
    DATA_DICTIONARY,
)
"""In the order in which a reader would meet them."""


def dictionary_rows() -> list[tuple[object, ...]]:
    """Return the rows of ``data_dictionary``."""
    return [
        (table.name, column.name, position, column.type, column.unit, column.meaning)
        for table in TABLES
        for position, column in enumerate(table.columns, 1)
    ]
