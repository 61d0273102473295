with source as (

    select * from {{ source('document_management', 'review_turns') }}

),

renamed as (

    select
        source.week_start,
        source.agreement_id,
        source.reviewer_id,
        source.party,
        source.turn_number,
        source.started_at,
        source.ended_at,
        source.agreement_closed_at
    from source

)

select * from renamed
