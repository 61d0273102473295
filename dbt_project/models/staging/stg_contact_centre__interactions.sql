with source as (

    select * from {{ source('contact_centre', 'interactions') }}

),

renamed as (

    select
        source.week_start,
        source.contact_id,
        source.customer_id,
        source.agent_id,
        source.ai_system_id,
        {{ org_unit() }} as org_unit,
        source.queue,
        source.reason,
        source.channel,
        case when source.ai_assisted then 'assisted' else 'unassisted' end as ai_assisted,
        source.is_transferred,
        source.talk_seconds,
        source.hold_seconds,
        source.after_contact_seconds,
        source.replies_count,
        source.ai_assisted_replies_count,
        source.satisfaction_score,
        source.initiated_at,
        source.ended_at
    from source
    {{ join_unit_codes('contact_centre') }}

)

select * from renamed
