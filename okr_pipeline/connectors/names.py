"""The one spelling that names of systems, tables, columns and queries' own tables may have."""

import re

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
"""Use with ``fullmatch``; foreign names of any spelling are quoted instead, see `engine.quoted`."""
