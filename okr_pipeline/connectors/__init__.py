"""Transports that read systems of record; they know files, SQL and git, and no particular system."""

from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.reader import Reader


def open_reader(origin: Origin) -> Reader:
    """Give the reader of one table; nothing is opened until it is asked."""
    if origin.connector == "files":
        from okr_pipeline.connectors.files import FilesReader  # noqa: PLC0415 - only the transport in use is imported

        return FilesReader(origin)
    if origin.connector == "git":
        from okr_pipeline.connectors.git import GitReader  # noqa: PLC0415 - as above

        return GitReader(origin)
    from okr_pipeline.connectors.sql import open_sql_reader  # noqa: PLC0415 - as above

    return open_sql_reader(origin)
