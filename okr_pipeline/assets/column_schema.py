"""The columns of a published table as Dagster shows them."""

import dagster as dg

from okr_pipeline.publication.tables import Table


def column_schema(table: Table) -> dg.TableSchema:
    """Return names, types and meanings of a published table's columns."""
    return dg.TableSchema(
        columns=[dg.TableColumn(column.name, column.type, column.meaning) for column in table.columns]
    )
