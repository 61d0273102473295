"""Chooses between the two kinds of SQL system."""

from okr_pipeline.connectors.options import SqlOptions
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.postgres import PostgresReader
from okr_pipeline.connectors.reader import Reader
from okr_pipeline.connectors.sqlite import SqliteReader


def open_sql_reader(origin: Origin) -> Reader:
    """Give the reader for the origin's ``kind``."""
    options = SqlOptions.model_validate(dict(origin.options))
    return PostgresReader(origin, options) if options.kind == "postgres" else SqliteReader(origin, options)
