"""A unit file without its refused entries, so that one bad entry does not hide what the rest has to say."""

from collections.abc import Iterable
from dataclasses import replace

from okr_pipeline.cascade.unit_file import innermost_entry
from okr_pipeline.cascade.yaml_reader import Document, Path, Value


def prune(document: Document, refused: Iterable[Path]) -> Document:
    """Return the document without the innermost entry that each refused path leads into.

    An objective whose key results are all refused goes too: it is not empty, it is unreadable. A refusal
    outside every entry stays, so that the document remains invalid.
    """
    entries = {innermost_entry(path) for path in refused} - {()}
    lines: dict[Path, int] = {}

    def copy(value: Value, old: Path, new: Path) -> Value:
        if old in document.lines:
            lines[new] = document.lines[old]
        if isinstance(value, dict):
            return {key: copy(item, (*old, key), (*new, key)) for key, item in value.items()}
        if not isinstance(value, tuple):
            return value
        items: list[Value] = []
        for position, item in enumerate(value):
            path = (*old, position)
            if path not in entries and not _has_lost_all(item, path, entries):
                items.append(copy(item, path, (*new, len(items))))
        return tuple(items)

    return replace(document, value=copy(document.value, (), ()), lines=lines)


def _has_lost_all(item: Value, path: Path, entries: set[Path]) -> bool:
    results = item.get("key_results") if isinstance(item, dict) else None
    if not isinstance(results, tuple) or not results:
        return False
    return all((*path, "key_results", position) in entries for position in range(len(results)))
