with source as (

    select * from {{ source('code_repository', 'delivery') }}

),

renamed as (

    select
        source.week_start,
        source.feature_id,
        {{ org_unit() }} as org_unit,
        source.repository,
        source.is_ai_assisted,
        source.requested_at,
        source.spec_approved_at,
        source.review_requested_at,
        source.review_approved_at,
        source.deployable_at,
        source.released_at
    from source
    {{ join_unit_codes('code_repository') }}

)

select * from renamed
