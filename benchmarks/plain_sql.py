"""The other side of the warm row: the contact centre's weekly figures in SQL by hand, and one raw pass over the week.

It reads the same landed files and replaces the week as a person would: delete, then insert. Its figures are compared
with those of the models, so that it cannot be fast by doing less.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb

_CONTACTS = """
with per_agent as (
    select i.week_start, i.agent_id, coalesce(c.org_unit, 'unmapped') as org_unit, i.queue, i.reason,
        case when i.ai_assisted then 'assisted' else 'unassisted' end as assisted,
        count(*) as contacts,
        sum((talk_seconds + hold_seconds + after_contact_seconds)::decimal(18, 6)) as handle,
        sum((talk_seconds + hold_seconds + after_contact_seconds)::decimal(38, 6)
            * (talk_seconds + hold_seconds + after_contact_seconds)::decimal(18, 6)) as handle_squares,
        sum(replies_count) as replies, sum(ai_assisted_replies_count) as ai_replies,
        count(satisfaction_score) as scored, sum(satisfaction_score) as score,
        sum(satisfaction_score * satisfaction_score) as score_squares, max(ended_at) as observed_until
    from read_parquet({week}) as i left join unit_codes as c on c.code = i.unit_code
    group by all
)
select week_start, org_unit,
    case when grouping(queue) = 0 then 'queue' when grouping(reason) = 0 then 'reason' else 'unit' end as breakdown,
    case when grouping(queue) = 0 then queue when grouping(reason) = 0 then reason else 'all' end as segment,
    case when grouping(assisted) = 0 then assisted else 'all' end as ai_assisted,
    sum(contacts) as contacts_count, count(distinct agent_id) as agents_count,
    sum(handle) as handle_seconds, sum(handle_squares) as squared_handle_seconds,
    sum(replies) as replies_count, sum(ai_replies) as ai_assisted_replies_count,
    count(distinct agent_id) filter (replies > 0) as replying_agents_count,
    sum(scored) as scored_contacts_count, count(distinct agent_id) filter (scored > 0) as scored_agents_count,
    sum(score) as satisfaction_score, sum(score_squares) as squared_satisfaction_score,
    max(observed_until) as observed_until
from per_agent
group by grouping sets ((week_start, org_unit, queue, assisted), (week_start, org_unit, reason), (week_start, org_unit))
"""

_REPEATS = """
with returning_keys as (
    select hash(customer_id, reason) as k from read_parquet({both}) group by 1 having count(*) > 1
), ordered as (
    select i.week_start, coalesce(c.org_unit, 'unmapped') as org_unit, i.reason, i.ended_at,
        lag(ended_at) over (partition by customer_id, reason order by ended_at, contact_id) as before,
        lead(ended_at) over (partition by customer_id, reason order by ended_at, contact_id) as after
    from read_parquet({both}) as i left join unit_codes as c on c.code = i.unit_code
    where hash(customer_id, reason) in (select k from returning_keys)
), counted as (
    select week_start, org_unit, reason,
        sum(case when before is null then 0 when before + interval 7 days >= ended_at then 1 else 0 end) as repeats,
        sum(case when after is null then 0 when ended_at + interval 7 days >= after then 1 else 0 end) as repeated
    from ordered group by all
)
select date '{monday}' as week_start, org_unit, reason,
    coalesce(sum(repeats) filter (week_start = date '{monday}'), 0) as repeat_contacts_count,
    coalesce(sum(repeated) filter (week_start < date '{monday}'), 0) as repeated_contacts_count
from counted group by all
"""

_COMPARED = {"contacts": "int_contact_centre__contacts_weekly", "repeats": "int_contact_centre__repeats_weekly"}


class PlainSql:
    """A working file of its own, and the connection that a running process would keep."""

    def __init__(self, path: Path, time_zone: str, unit_codes: Sequence[tuple[str, str, str]]) -> None:
        """Make the file and its unit codes."""
        self._connection = duckdb.connect(str(path))
        self._connection.execute(f"set TimeZone = '{time_zone}'")
        self._connection.execute("create table unit_codes (code varchar, org_unit varchar)")
        mine = [(code, unit) for system, code, unit in unit_codes if system == "contact_centre"]
        self._connection.executemany("insert into unit_codes values (?, ?)", mine)

    def replace_week(self, week: date, files: Mapping[date, Path]) -> None:
        """Compute one week and put it in the place of what is there, in one transaction."""
        both = [str(files[day]) for day in (week - timedelta(weeks=1), week)]
        queries = {
            "contacts": _CONTACTS.format(week=[str(files[week])]),
            "repeats": _REPEATS.format(both=both, monday=week),
        }
        self._connection.execute("begin")
        for table, query in queries.items():
            self._connection.execute(f"create table if not exists {table} as {query} limit 0")
            self._connection.execute(f"delete from {table} where week_start = date '{week}'")
            self._connection.execute(f"insert into {table} {query}")
        self._connection.execute("commit")

    def raw_pass(self, file: Path) -> None:
        """Read every column of the week once: count the rows, add up numbers, take the highest of the rest."""
        columns = self._connection.execute(f"describe select * from read_parquet('{file}')").fetchall()
        numeric = ("BIGINT", "INTEGER", "DOUBLE")
        terms = [f'{"sum" if kind in numeric else "max"}("{name}")' for name, kind, *_ in columns]
        self._connection.execute(f"select count(*), {', '.join(terms)} from read_parquet('{file}')").fetchall()

    def narrow_pass(self, file: Path) -> None:
        """Count the rows and add up the three durations: the least that a handle time needs."""
        durations = "sum(talk_seconds), sum(hold_seconds), sum(after_contact_seconds)"
        self._connection.execute(f"select count(*), {durations} from read_parquet('{file}')").fetchall()

    def differences(self, warehouse: Path, week: date) -> int:
        """Return how many rows of the week differ from what the models hold."""
        self._connection.execute(f"attach '{warehouse}' as models (read_only)")
        count = 0
        for table, model in _COMPARED.items():
            names = self._connection.execute(f"select string_agg(column_name, ', ') from (describe {table})").fetchall()
            mine = f"select {names[0][0]} from {table} where week_start = date '{week}'"
            theirs = f"select {names[0][0]} from models.intermediate.{model} where week_start = date '{week}'"
            found = self._connection.execute(
                f"select count(*) from (({mine} except {theirs}) union all ({theirs} except {mine}))"
            ).fetchall()
            count += int(found[0][0])
        self._connection.execute("detach models")
        return count
