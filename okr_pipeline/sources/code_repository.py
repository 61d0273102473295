"""The code repositories and the delivery log: branches merged and features released."""

import pandera.pandas as pa

from okr_pipeline.sources.columns import choice, count, flag, identifier, in_order, measure, moment
from okr_pipeline.sources.contract import SourceSystem, SourceTable

BRANCHES = SourceTable(
    system="code_repository",
    name="branches",
    description="Branches merged into the main line. One row per repository and branch.",
    owner="head of product development",
    week_by="merged_at",
    cadence="daily",
    pseudonymised=("author_id",),
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "repository": identifier("Name of the repository, e.g. policy-platform."),
            "branch_id": identifier("Id of the merged branch within its repository."),
            "unit_code": identifier("Code of the team that owns the repository."),
            "author_id": identifier("The author of the branch, pseudonymised at landing."),
            "first_commit_at": moment("When its first commit was made; null after a squash.", nullable=True),
            "merged_at": moment("When it was merged; decides the week."),
            "commits_count": count("Commits of the branch; null after a squash.", at_least=0, nullable=True),
            "lead_hours": measure(
                "Hours from the first commit to the merge; null after a squash.", at_most=1_000_000, nullable=True
            ),
            "is_feature": flag("Whether the branch carries a feature; null when its name is lost.", nullable=True),
            "has_ai_evidence": flag("Whether a commit says that an AI system generated code."),
            "is_revert": flag("Whether the branch takes back an earlier one."),
            "is_bot": flag("Whether an automated account made it."),
            "merge_kind": choice("How it was merged.", ["merge", "squash", "rebase"]),
        },
        unique=["repository", "branch_id"],
    ),
)

DELIVERY = SourceTable(
    system="code_repository",
    name="delivery",
    description="Features that reached customers, with the moments of their way. One row per feature.",
    owner="head of product development",
    week_by="released_at",
    minimum_rows=0,
    unit_code="unit_code",
    schema=pa.DataFrameSchema(
        {
            "feature_id": identifier("Id of the feature.", unique=True),
            "repository": identifier("Repository it was built in, e.g. claims-platform."),
            "unit_code": identifier("Code of the team."),
            "requested_at": moment("When it was asked for."),
            "spec_approved_at": moment("When its specification was approved; null if not recorded.", nullable=True),
            "review_requested_at": moment("When code review was asked for; null if not recorded.", nullable=True),
            "review_approved_at": moment("When code review approved it; null if not recorded.", nullable=True),
            "deployable_at": moment("When the code could be deployed; null if not recorded.", nullable=True),
            "released_at": moment("When customers had it; decides the week."),
            "is_ai_assisted": flag("Whether an AI system helped to build it; null if not recorded.", nullable=True),
        },
        checks=[
            in_order("requested_at", "released_at"),
            in_order("review_requested_at", "review_approved_at"),
        ],
    ),
)

SYSTEM = SourceSystem(
    name="code_repository",
    title="Code repositories and delivery log",
    owner="head of product development",
    function="product development",
    tables=(BRANCHES, DELIVERY),
)
