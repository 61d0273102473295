"""Refreshing again what has not changed publishes the same rows again."""

from pathlib import Path

from okr_runs import current_id, differences, published, succeed

_ABOUT_THE_RUN = {"publication_id", "published_at", "run_id"}


def test_a_second_refresh_changes_no_row_but_the_publications_own(home: Path) -> None:
    before, first_id = published(home), current_id(home)

    succeed(home, "refresh")

    after = published(home)
    assert current_id(home) != first_id
    assert len(before["key_result_values"]) > 1000
    assert differences(before, after).keys() == {"publication_info"}
    was, now = before["publication_info"][0], after["publication_info"][0]
    assert {column for column in was if was[column] != now[column]} == _ABOUT_THE_RUN
