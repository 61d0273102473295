"""The systems of record under contract: one file per system, found by discovery.

To add one, add a file that ends with ``SYSTEM = SourceSystem(...)``; nothing lists it anywhere else.
"""

import importlib
import importlib.util
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

from okr_pipeline.errors import SourceError
from okr_pipeline.sources.contract import SourceSystem

_VOCABULARY = frozenset({"columns", "contract", "dbt_sources", "rules"})
"""Modules of this package that declare no system."""


def discover(extra: Path | None = None) -> tuple[SourceSystem, ...]:
    """Return every system of record, by name: those of this package and those in the folder ``extra``.

    Raises:
        SourceError: a file does not declare a usable ``SYSTEM``, or two files declare the same one.
    """
    files = {
        info.name: Path(__path__[0]) / f"{info.name}.py"
        for info in pkgutil.iter_modules(__path__)
        if info.name not in _VOCABULARY
    }
    found = [(path, _load(name, path, f"{__name__}.{name}")) for name, path in files.items()]
    if extra is not None:
        if not extra.is_dir():
            raise SourceError(extra.name, "*", f"{extra}: no such folder - a folder of source files is allowed")
        outside = sorted(path for path in extra.glob("*.py") if not path.name.startswith("_"))
        found += [(path, _load(path.stem, path, None)) for path in outside]
    systems: dict[str, tuple[Path, SourceSystem]] = {}
    for path, system in found:
        if system.name in systems:
            first = systems[system.name][0]
            problem = f"{path}: system '{system.name}' is declared by {first} too - once is allowed. Fix: rename one"
            raise SourceError(system.name, "*", problem)
        systems[system.name] = (path, system)
    return tuple(systems[name][1] for name in sorted(systems))


def _load(name: str, path: Path, module_name: str | None) -> SourceSystem:
    """Import one file and return its system, or say in one sentence what is wrong with it."""
    try:
        module = importlib.import_module(module_name) if module_name else _import_file(name, path)
    except SyntaxError as error:
        raise SourceError(name, "*", f"{path}:{error.lineno}: not valid Python ({error.msg})") from error
    except Exception as error:
        # a person's file may fail in any way; all of them become one sentence
        line = _line_in(path, error)
        raise SourceError(name, "*", f"{path}:{line}: {type(error).__name__}: {error}") from error
    system = getattr(module, "SYSTEM", None)
    if not isinstance(system, SourceSystem):
        seen = "is missing" if system is None else f"is a {type(system).__name__}"
        problem = (
            f"{path}: SYSTEM {seen} - a SourceSystem is allowed. Fix: end the file with SYSTEM = SourceSystem(...)"
        )
        raise SourceError(name, "*", problem)
    return system


def _import_file(name: str, path: Path) -> ModuleType:
    """Import a file that belongs to no package, under a name of its own that shadows nothing."""
    spec = importlib.util.spec_from_file_location(f"okr_extra_sources_{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        raise
    return module


def _line_in(path: Path, error: BaseException) -> int:
    """Return the line of ``path`` an error came through, 1 when it came through none."""
    line, frame = 1, error.__traceback__
    while frame is not None:
        if Path(frame.tb_frame.f_code.co_filename) == path:
            line = frame.tb_lineno
        frame = frame.tb_next
    return line
