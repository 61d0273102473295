"""The project's exceptions: each builds its one sentence from facts that stay readable as attributes.

What a person did wrong in a YAML file is not here: that is an `Issue` (`okr_pipeline.cascade.issues`), which is
collected, not raised.
"""


class OkrError(Exception):
    """Base of everything the command line turns into one sentence and exit code 1."""


class SourceError(OkrError):
    """A system of record could not be read, and asking again cannot help (bad path, refused login, wrong shape)."""

    def __init__(self, system: str, table: str, problem: str) -> None:
        """Keep the facts: ``system`` and ``table`` as in the source file, ``problem`` as a clause."""
        self.system, self.table, self.problem = system, table, problem
        super().__init__(f"{system}.{table}: {problem}")


class TransientSourceError(SourceError):
    """A system of record could not be read now (down, slow, rate limited); asking again may help."""
