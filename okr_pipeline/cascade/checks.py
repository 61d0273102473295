"""Checks of the cascade that are no functions of `rules`: those of reading files, and those of what was published.

Each is made where it is found: in the readers, `validation`, `directory`, `loader`, `restatements`, `ledger` and
`suppressing`. Here stands only what `okr rules` says of it.
"""

from okr_pipeline.cascade.documentation import Check

CHECKS = (
    Check(
        "ambiguous_value",
        "error",
        "files",
        """A value that one YAML reader takes for a word and another for something else.

        Example: ``code: no``, ``week: 1_000`` or ``at_most: 010``.
        Reason: what a file means must not depend on who reads it.
        Remedy: put a word in quotes, write a truth value as true or false and a number in plain digits.
        """,
    ),
    Check(
        "anchor_or_alias",
        "error",
        "files",
        """A YAML anchor or alias.

        Example: ``baseline: &start {value: 0.2, source: pilot}`` and ``baseline: *start``.
        Reason: a value that stands for another place changes when that place does, and nobody sees it in a review.
        Remedy: write the value out where it applies.
        """,
    ),
    Check(
        "duplicate_key",
        "error",
        "files",
        """A key that stands twice in one mapping.

        Example: two lines ``window: week`` in one key result.
        Reason: most readers keep the last one in silence, so a review may look at the one that does not count.
        Remedy: delete one of the two lines.
        """,
    ),
    Check(
        "file_too_large",
        "error",
        "files",
        """A file of more than 1 MiB.

        Example: the objectives of every unit in one file.
        Reason: a unit's file of one cycle has a few hundred lines; a larger one is something else by mistake.
        Remedy: split it by owning unit.
        """,
    ),
    Check(
        "forbidden_character",
        "error",
        "files",
        """A character that is not visible: a control, a filler, a change of the direction of writing.

        Example: U+202E inside a title.
        Reason: what people see in a review would differ from what is read.
        Remedy: delete the character and type the words again.
        """,
    ),
    Check(
        "merge_key",
        "error",
        "files",
        """The YAML merge key ``<<``.

        Example: ``<<: {window: week}``.
        Reason: it copies another mapping in silence, and readers disagree on which value wins.
        Remedy: write the values out.
        """,
    ),
    Check(
        "missing_file",
        "error",
        "files",
        """A file that must exist and does not.

        Example: a folder of a cycle without ``cycle.yml``.
        Reason: without organisation, strategy, policy and the dates of the cycle nothing else can be judged.
        Remedy: add the file that is named.
        """,
    ),
    Check(
        "missing_key",
        "error",
        "files",
        """A key that must be written and is not.

        Example: a key result without ``target_set_on``.
        Reason: nothing that a decision depends on has a default that nobody chose.
        Remedy: add the key; the message lists those that are required.
        """,
    ),
    Check(
        "nesting_too_deep",
        "error",
        "files",
        """Values that are nested deeper than any cascade needs.

        Example: a hundred opening brackets.
        Reason: such a file is an accident or an attack on whoever reads it.
        Remedy: remove the inner brackets or the indentation.
        """,
    ),
    Check(
        "not_utf8",
        "error",
        "files",
        """A file whose bytes are not UTF-8.

        Example: a file saved with encoding Latin-1.
        Reason: umlauts would be guessed, and an id with one would be another id.
        Remedy: save the file with encoding UTF-8.
        """,
    ),
    Check(
        "outside_directory",
        "error",
        "files",
        """A file that is a link to a place outside the cascade directory.

        Example: ``2026-h2/legal.yml`` as a link into a home folder.
        Reason: what lies outside is in no review and in no version history.
        Remedy: copy the file into the cascade directory.
        """,
    ),
    Check(
        "unexpected_file",
        "error",
        "files",
        """A YAML file that would not be read.

        Example: ``stratgy.yml``, or ``2026-h2/legal.yaml``.
        Reason: its author believes that it counts.
        Remedy: rename it, or move it to its folder.
        """,
    ),
    Check(
        "unknown_key",
        "error",
        "files",
        """A key that no model knows.

        Example: ``trajectroy: {...}``.
        Reason: a key that is ignored looks as if it counted.
        Remedy: write the key that is suggested, or delete it.
        """,
    ),
    Check(
        "unreadable_file",
        "error",
        "files",
        """A file or folder that cannot be opened, or that is no regular file.

        Example: a unit's file without permission to read it.
        Reason: its objectives would be missing from the cascade in silence.
        Remedy: correct the permissions or the path.
        """,
    ),
    Check(
        "wrong_key",
        "error",
        "files",
        """A key that is not plain text.

        Example: ``[a, b]: 1``.
        Reason: keys are the names of fields, which are words.
        Remedy: write the key as one word.
        """,
    ),
    Check(
        "wrong_place",
        "error",
        "files",
        """A file whose id or cycle differs from the name of its file or folder.

        Example: ``cycle: 2026-h1`` in a file of folder ``2026-h2``.
        Reason: of two names for one thing one is wrong, and nothing tells which.
        Remedy: write the name of the file or folder, or rename it.
        """,
    ),
    Check(
        "wrong_value",
        "error",
        "files",
        """A value of the wrong type, out of range, or none of those that are allowed.

        Example: ``level: businessunit``, or ``until: next spring``.
        Reason: a value that was guessed would decide something.
        Remedy: the message says what is allowed.
        """,
    ),
    Check(
        "yaml_syntax",
        "error",
        "files",
        """A file that is not YAML, or holds more than one document.

        Example: a bracket that is not closed.
        Reason: nothing in the file can be trusted, so nothing of it is used.
        Remedy: correct the line that is named, or the one before it.
        """,
    ),
    Check(
        "yaml_tag",
        "error",
        "files",
        """A value with a YAML tag.

        Example: ``!!python/object/apply:os.system [id]``.
        Reason: a tag asks the reader to build something; nothing in a definition is executed.
        Remedy: delete the tag.
        """,
    ),
    Check(
        "restated_week",
        "warning",
        "data",
        """A past value that was corrected by more than ``restatement_tolerance_ratio``.

        Example: the value of 2026-W40 fell by 6 % when rows arrived late.
        Reason: someone has already decided on the old value.
        Remedy: ask the owner of the source what changed; ``key_result_values`` keeps both versions.
        """,
    ),
    Check(
        "retroactive_target_change",
        "warning",
        "data",
        """A target that is not the one with which its cycle began.

        A change of the baseline counts too where the target is relative to it. The ledger keeps old and new.

        Example: at most 300 seconds when the cycle began, at most 340 since October.
        Reason: a target that follows the result is reached every time and says nothing.
        Remedy: restore it, or record why in the review and start the new target with the next cycle.
        """,
    ),
    Check(
        "unused_suppression",
        "advice",
        "data",
        """A suppression that silences nothing.

        Example: an entry about ``handle_tme``, or one whose finding has been mended.
        Reason: left behind, it would silence the next finding of its kind, to which nobody agreed.
        Remedy: delete the entry, or correct what it is about.
        """,
    ),
)
"""Every such check, the readers' first."""
