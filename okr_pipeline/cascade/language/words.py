"""A title as words, each with the base forms that it may stand for.

The base forms come from a few rules about endings, not from a dictionary: ``deploying`` stands for ``deploying``,
``deploy`` and ``deploye``. A form that does not exist matches no list and does no harm.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|%|[^\W\d_]+(?:['’][^\W\d_]+)?\d*|[,;:.()]")
_NUMBER = re.compile(r"\d+(,\d{3})*(\.\d+)?")
_MARKS = frozenset(",;:.()")
_IRREGULAR = {
    "built": "build",
    "gone": "go",
    "made": "make",
    "ran": "run",
    "sent": "send",
    "sold": "sell",
    "went": "go",
    "written": "write",
    "wrote": "write",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One word, number or mark of a title.

    Attributes:
        text: as it is written.
        lower: the same in lower case.
        forms: base forms that it may stand for, in lower case; the word itself is one of them.
        number: the number written in digits, or None; a comma separates thousands, a full stop decimals.
        is_mark: whether it is a comma, colon or the like.
        is_first: whether the title begins with it, so that its capital says nothing.
    """

    text: str
    lower: str
    forms: frozenset[str]
    number: float | None
    is_mark: bool
    is_first: bool


Words = tuple[Word, ...]


@lru_cache(maxsize=1024)
def read(title: str) -> Words:
    """Split a title into words; hyphens and slashes separate words, an apostrophe does not."""
    return tuple(_word(token, at == 0) for at, token in enumerate(_TOKEN.findall(title)))


@lru_cache(maxsize=8192)
def _word(token: str, is_first: bool) -> Word:
    number = float(token.replace(",", "")) if _NUMBER.fullmatch(token) else None
    lower = token.lower()
    return Word(token, lower, _forms(lower), number, token in _MARKS, is_first)


def _forms(word: str) -> frozenset[str]:
    found = {word, _IRREGULAR.get(word, word)}
    if word.endswith(("ies", "ied")) and len(word) > 4:
        found.add(word[:-3] + "y")
    if word.endswith("es"):
        found.add(word[:-2])
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        found.add(word[:-1])
    for ending in ("ed", "ing"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 2:
            found.update((root, root + "e"))
            if root[-1] == root[-2]:
                found.add(root[:-1])
    return frozenset(found)


def text(words: Words) -> str:
    """Return words as one string, with single spaces."""
    return " ".join(word.text for word in words)
