"""Reads Parquet, CSV and JSON lines: in place on disk, through a checked download, by scan from S3.

A bit flipped inside a Parquet data page is not always noticed by any reader (pages need not carry
checksums). An S3 endpoint that redirects is followed by the engine's client: name only endpoints you trust
in ``hosts``.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from okr_pipeline.connectors.download import DownloadError, Limits, download
from okr_pipeline.connectors.engine import ENGINE_ERRORS, connection, deadline, literal, lock
from okr_pipeline.connectors.failures import source_error, system_errors
from okr_pipeline.connectors.fingerprint import fingerprint
from okr_pipeline.connectors.options import FilesOptions
from okr_pipeline.connectors.origin import Origin
from okr_pipeline.connectors.places import OutsideError, matches, plain
from okr_pipeline.connectors.reader import ReadRequest, Relation
from okr_pipeline.connectors.scan import TooLargeError, described, scan
from okr_pipeline.connectors.select_check import checked_select
from okr_pipeline.connectors.shape import Shape
from okr_pipeline.connectors.text_files import EncodingError, utf8_copy
from okr_pipeline.errors import SourceError, TransientSourceError


class FilesReader:
    """One table kept in files."""

    def __init__(self, origin: Origin) -> None:
        """Keep where the files are; nothing is opened."""
        options = FilesOptions.model_validate(dict(origin.options))
        if options.query is not None:
            options = options.model_copy(update={"query": checked_select(options.query).sql})
        self.options = options
        self.shape = Shape(origin.system, origin.table, origin.columns, options)

    def parts(self) -> Mapping[str, str] | None:
        """Give each local file's fingerprint; None for remote files."""
        if self.options.transport != "local":
            return None
        with system_errors(self.shape.system, self.shape.table):
            return {str(path): fingerprint(path) for path in self._local(None)}

    def read(self, request: ReadRequest) -> Relation:
        """Give the files' rows; see `reader.Reader.read`."""
        with system_errors(self.shape.system, self.shape.table):
            request.spool.mkdir(parents=True, exist_ok=True)
            spool = Path(mkdtemp(dir=request.spool)).resolve()
            if self.options.transport == "s3":
                return self._from_s3(request, spool)
            remote = self.options.transport == "http"
            files = (self._downloaded(spool),) if remote else self._local(request.parts)
            return self._in_place(files, request, spool)

    def _local(self, parts: tuple[str, ...] | None) -> tuple[Path, ...]:
        failure = ""
        found: tuple[Path, ...] = ()
        try:
            if parts is None:
                found = matches(self.options.path, self.options.roots)
            else:
                found = tuple(plain(Path(part), self.options.roots) for part in parts)
                known = set(matches(self.options.path, self.options.roots))
                gone = [path for path in found if path not in known]
                failure = f"{gone[0]} is not one of its files" if gone else ""
        except OutsideError as error:
            failure = str(error)
        if not found and not failure:
            failure = f"no file matches {self.options.path}. Fix: provide one or correct `path`."
        size = sum(path.stat().st_size for path in found) if not failure else 0
        if size > self.options.max_bytes:
            failure = f"{size} bytes - allowed: max_bytes = {self.options.max_bytes}. Fix: raise it."
        if failure:
            raise SourceError(self.shape.system, self.shape.table, failure)
        return found

    def _in_place(self, files: Sequence[Path], request: ReadRequest, spool: Path) -> Relation:
        readable = self._utf8(files, spool)
        directories = tuple(sorted({path.parent for path in readable}))

        def select(con: duckdb.DuckDBPyConnection) -> str:
            lock(con, (*directories, spool))
            base = scan(con, [str(path) for path in readable], self.options)
            return self.shape.sql(base, described(con, base), request)

        return Relation(self._guarded(select, directories), directories)

    def _utf8(self, files: Sequence[Path], spool: Path) -> Sequence[Path]:
        if self.options.format == "parquet":
            return files
        problem = ""
        try:
            readable = [utf8_copy(path, self.options.encoding, spool) for path in files]
            empty = [path for path in readable if not path.stat().st_size]
            if self.options.format == "csv" and empty:
                problem = f"{empty[0]} is empty: not even a header. Fix: write it again."
            if not problem:
                return readable
        except EncodingError as error:
            problem = f"{error}. Fix: declare the encoding it is in, or write it again."
        raise SourceError(self.shape.system, self.shape.table, problem)

    def _downloaded(self, spool: Path) -> Path:
        options = self.options
        target = spool / f"download.{options.format}"
        limits = Limits(options.hosts, options.deadline_seconds, options.max_bytes)
        token = options.token.get_secret_value() if options.token else None
        failure: DownloadError | None = None
        try:
            download(options.path, target, limits, token)
        except DownloadError as error:
            failure = error
        if failure is not None:
            kind = TransientSourceError if failure.transient else SourceError
            raise kind(self.shape.system, self.shape.table, str(failure))
        return target

    def _from_s3(self, request: ReadRequest, spool: Path) -> Relation:
        target = spool / "rows.parquet"
        options = self.options

        def select(con: duckdb.DuckDBPyConnection) -> str:
            con.execute("set http_retries = 0")
            con.execute(f"set http_timeout = {min(options.deadline_seconds, 30)}")
            con.execute(f"create secret source (type s3, {', '.join(self._s3_settings())})")
            base = scan(con, [options.path], options)
            rows = self.shape.sql(base, described(con, base), request)
            con.execute(f"copy ({rows}) to {literal(target)} (format parquet)")
            return f"select * from read_parquet({literal(target)})"

        return Relation(self._guarded(select, (spool,)), (spool,))

    def _s3_settings(self) -> list[str]:
        options = self.options
        settings = [f"region {literal(options.region)}", f"url_style {literal(options.url_style)}"]
        settings.append(f"use_ssl {'true' if options.use_ssl else 'false'}")
        if options.endpoint:
            settings.append(f"endpoint {literal(options.endpoint)}")
        if options.access_key_id and options.secret_access_key:
            settings.append(f"key_id {literal(options.access_key_id.get_secret_value())}")
            settings.append(f"secret {literal(options.secret_access_key.get_secret_value())}")
        return settings

    def _guarded(self, select: Callable[[duckdb.DuckDBPyConnection], str], directories: tuple[Path, ...]) -> str:
        """Run ``select`` on a connection of our own, with a deadline; no engine text leaves it."""
        extensions = ("httpfs",) if self.options.transport == "s3" else ()
        failure: SourceError | None = None
        try:
            with connection(*extensions) as con, deadline(con, self.options.deadline_seconds):
                return select(con)
        except TooLargeError as error:
            failure = SourceError(self.shape.system, self.shape.table, f"{error}. Fix: raise it if this is right.")
        except ENGINE_ERRORS as error:
            failure = source_error(error, self.shape.system, self.shape.table, directories)
        raise failure
