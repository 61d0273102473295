"""Whether a title asks for one number and no other.

``At least 92 %`` and a plain ``92 %`` leave it to the target what they mean; only an explicit word does not.
"""

from okr_pipeline.cascade.language.words import read, text

_EXACT = frozenset({"exactly", "precisely"})
_BETWEEN = frozenset({"in", "at", "to", "on", "a", "the"})


def exact_number(title: str) -> str | None:
    """Return the number that a title demands exactly, e.g. ``exactly 92 %``; None for ``exactly once``."""
    words = read(title)
    for at, word in enumerate(words):
        if word.lower not in _EXACT:
            continue
        number_at = at + 1
        while number_at < len(words) and words[number_at].lower in _BETWEEN:
            number_at += 1
        if number_at < len(words) and words[number_at].number is not None:
            end = number_at + 1
            if end < len(words) and words[end].lower in ("%", "percent"):
                end += 1
            return text(words[at:end])
    return None
