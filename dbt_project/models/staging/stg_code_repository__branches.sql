with source as (

    select * from {{ source('code_repository', 'branches') }}

),

renamed as (

    select
        source.week_start,
        source.branch_id,
        source.author_id,
        {{ org_unit() }} as org_unit,
        source.repository,
        case when source.has_ai_evidence then 'assisted' else 'unassisted' end as ai_assisted,
        source.is_feature,
        source.is_revert,
        source.is_bot,
        source.merge_kind,
        source.commits_count,
        source.lead_hours,
        source.first_commit_at,
        source.merged_at
    from source
    {{ join_unit_codes('code_repository') }}

)

select * from renamed
