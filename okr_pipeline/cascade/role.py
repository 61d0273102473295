"""Owners are roles: what tells a role from a person. How well a role fits its unit is not judged here."""

import re
from typing import Annotated

from pydantic import BeforeValidator

from okr_pipeline.cascade.definition import Label, refusal
from okr_pipeline.cascade.issues import shown

_ALLOWED = "an owner is a role, never a person, e.g. head of customer operations"
_FIX = "write the role in lower case"
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "herr", "frau", "sir", "madame", "monsieur"})
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_ROLE_WORD = re.compile(
    "accountant|accounting|actuary|administrator|advisor|analyst|and|architect|assistant|board|"
    "business|centre|chair|chief|claims|clerk|committee|compliance|controller|controlling|"
    "coordinator|council|counsel|customer|data|delivery|department|deputy|desk|development|"
    "digital|director|division|engineer|engineering|executive|finance|for|general|group|head|"
    "human|information|legal|lead|leader|manager|management|marketing|of|office|officer|"
    "operations|owner|partner|people|planning|president|principal|privacy|process|product|"
    "programme|program|project|protection|quality|reporting|resources|reviewer|risk|sales|"
    "security|senior|service|services|staff|steward|strategy|supervisor|support|team|technology|"
    "the|treasurer|underwriter|underwriting|unit|vice",
    re.IGNORECASE,
)


def _read_role(value: object) -> object:
    if not isinstance(value, str):
        return value
    if "@" in value:
        raise refusal(f"{shown(value)} is an address or a handle of a person", _ALLOWED, _FIX)
    words = _WORD.findall(value)
    capitalised = [word for word in words if word[0].isupper() and not word.isupper()]
    if words and words[0].lower() in _TITLES:
        raise refusal(f"{shown(value)} begins with a person's title", _ALLOWED, _FIX)
    is_pair = len(words) in (2, 3) and len(capitalised) == len(words)
    if is_pair and not any(_ROLE_WORD.fullmatch(word) for word in words):
        raise refusal(f"{shown(value)} looks like a person's name", _ALLOWED, _FIX)
    return value


Role = Annotated[Label, BeforeValidator(_read_role)]
"""The role that answers for something, e.g. ``head of legal``."""
