"""The other side of the warm row for people who know pandas: read the week and the one before, group, count repeats."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pandas as pd


def new_week(week: date, files: Mapping[date, Path], unit_codes: Mapping[str, str], time_zone: str) -> tuple[int, int]:
    """Compute the week's figures; return its contacts and repeats, to be compared."""
    columns = ["contact_id", "customer_id", "agent_id", "unit_code", "queue", "reason", "ai_assisted", "ended_at"]
    columns += ["talk_seconds", "hold_seconds", "after_contact_seconds", "replies_count"]
    columns += ["ai_assisted_replies_count", "satisfaction_score"]
    days = (week - timedelta(weeks=1), week)
    both = pd.concat(
        [pd.read_parquet(files[day], columns=columns).assign(is_new=day == week) for day in days], ignore_index=True
    )
    both["org_unit"] = both["unit_code"].map(unit_codes).fillna("unmapped")
    is_new = both["is_new"]
    contacts = both[is_new].copy()
    contacts["handle"] = contacts["talk_seconds"] + contacts["hold_seconds"] + contacts["after_contact_seconds"]
    contacts["handle_squares"] = contacts["handle"] ** 2
    contacts["score_squares"] = contacts["satisfaction_score"] ** 2
    contacts["replying"] = contacts["agent_id"].where(contacts["replies_count"] > 0)
    contacts["scored"] = contacts["agent_id"].where(contacts["satisfaction_score"].notna())
    frames = [
        contacts.groupby(keys, observed=True).agg(
            contacts=("contact_id", "size"),
            agents=("agent_id", "nunique"),
            handle=("handle", "sum"),
            handle_squares=("handle_squares", "sum"),
            replies=("replies_count", "sum"),
            ai_replies=("ai_assisted_replies_count", "sum"),
            replying=("replying", "nunique"),
            scores=("satisfaction_score", "count"),
            scored=("scored", "nunique"),
            score=("satisfaction_score", "sum"),
            score_squares=("score_squares", "sum"),
            observed_until=("ended_at", "max"),
        )
        for keys in (["org_unit", "queue", "ai_assisted"], ["org_unit", "reason"], ["org_unit"])
    ]
    both["local"] = both["ended_at"].dt.tz_convert(time_zone).dt.tz_localize(None)
    ordered = both.sort_values(["customer_id", "reason", "ended_at", "contact_id"])
    by_customer = ordered.groupby(["customer_id", "reason"], observed=True)["local"]
    ordered["is_repeat"] = (ordered["local"] - by_customer.shift(1)) <= pd.Timedelta(days=7)
    ordered["is_repeated"] = (by_customer.shift(-1) - ordered["local"]) <= pd.Timedelta(days=7)
    in_week = is_new.loc[ordered.index]
    repeats = ordered[in_week].groupby(["org_unit", "reason"], observed=True)["is_repeat"].sum()
    ordered[~in_week].groupby(["org_unit", "reason"], observed=True)["is_repeated"].sum()
    return int(frames[2]["contacts"].sum()), int(repeats.sum())
