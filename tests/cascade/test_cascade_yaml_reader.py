"""The reader takes plain YAML only, keeps every line, and never raises."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from okr_pipeline.cascade.yaml_reader import UNREADABLE, read_yaml
from okr_pipeline.cascade.yaml_text import MAX_FILE_BYTES, decode


def rules(text: str) -> list[tuple[str, int]]:
    """Return rule and line of every refusal."""
    return [(issue.rule, issue.line) for issue in read_yaml(text, "file.yml").issues]


def test_plain_values_keep_their_lines() -> None:
    document = read_yaml("a: 1\nb:\n  - x: 25%\n    y: 2026-06-22\n  - [true, null, 0.5]\n", "file.yml")

    assert document.value == {"a": 1, "b": ({"x": "25%", "y": date(2026, 6, 22)}, (True, None, 0.5))}
    assert document.lines[("b", 0, "y")] == 4
    assert document.lines[("b", 1)] == 5
    assert document.issues == ()


@pytest.mark.parametrize("word", ["no", "NO", "Yes", "on", "off", "y", "N", "True", "FALSE", "Null"])
def test_words_that_readers_dispute_are_refused_unless_quoted(word: str) -> None:
    assert rules(f"a: {word}") == [("ambiguous_value", 1)]
    assert read_yaml(f"a: '{word}'", "file.yml").value == {"a": word}


@pytest.mark.parametrize("number", ["010", "0x1f", "1_000", "1:30", ".inf", "-.NaN", "9" * 60, "1e999"])
def test_numbers_that_readers_dispute_are_refused(number: str) -> None:
    assert rules(f"a: {number}") == [("ambiguous_value", 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3", [("duplicate_key", 3)]),
        ("a: &x 1\nb: *x", [("anchor_or_alias", 1), ("anchor_or_alias", 2)]),
        ("a: !!python/object/apply:os.system [id]", [("yaml_tag", 1)]),
        ("a: !!str 1", [("yaml_tag", 1)]),
        ("<<: {a: 1}", [("merge_key", 1)]),
        ("? [a, b]\n: 1", [("wrong_key", 1)]),
        ("a: 1\n---\nb: 2", [("yaml_syntax", 2)]),
        ("a: 2026-02-30", [("wrong_value", 1)]),
        ("[" * 2000, [("nesting_too_deep", 1)]),
        ("a:\n" + "".join(" " * depth + "- \n" for depth in range(1, 30)), [("nesting_too_deep", 14)]),
        ("{<<: " * 2000, [("merge_key", 1)] * 13 + [("nesting_too_deep", 1)]),
        ('a: "\\u202e"', [("forbidden_character", 1)]),
        ('"a\\u200b": 1', [("forbidden_character", 1)]),
    ],
)
def test_what_is_refused_is_told_with_its_line(text: str, expected: list[tuple[str, int]]) -> None:
    assert rules(text)[: len(expected)] == expected


def test_an_alias_bomb_is_refused_without_being_expanded() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30))

    document = read_yaml(f"l0: &l0 lol\n{levels}", "file.yml")

    assert {issue.rule for issue in document.issues} == {"anchor_or_alias"}
    assert document.value["l1"] == (UNREADABLE,) * 9  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    ("content", "rule", "line", "problem"),
    [
        (b"a: 1\nb: \xff", "not_utf8", 2, "byte 8 (0xff) is not UTF-8"),
        (
            b"a: 1\nb: \x00",
            "forbidden_character",
            2,
            "the text contains U+0000 (a control character), which is not visible",
        ),
        (
            "a: x\u200by".encode(),
            "forbidden_character",
            1,
            "the text contains U+200B (ZERO WIDTH SPACE), which is not visible",
        ),
        (
            "a: \u2066x".encode(),
            "forbidden_character",
            1,
            "the text contains U+2066 (LEFT-TO-RIGHT ISOLATE), which is not visible",
        ),
        (b" " * (MAX_FILE_BYTES + 1), "file_too_large", 1, "the file is larger than 1 MiB"),
    ],
)
def test_bytes_that_are_no_visible_text_are_refused(content: bytes, rule: str, line: int, problem: str) -> None:
    issue = decode(content, "file.yml").issue

    assert issue is not None
    assert (issue.rule, issue.line, issue.problem) == (rule, line, problem)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbfa: 1", "file.yml").text == "a: 1"


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab:-?[]{},&*!|>'\"%@`# \n\t<~.0129_é\\u\ud7ff"), max_size=60))
@example('a: "\\UFFFFFFFF"')
@example("%YAML 9.9\n---\na")
@example("%TAG ! x\n--- !y z")
@example("? ? ? ?")
@example("a: |9\n x")
def test_no_text_raises(text: str) -> None:
    read_yaml(text, "file.yml")


@pytest.mark.parametrize("text", ["a: no", "a: &x 1\nb: *x", "[" * 2000, "a: 1\na: 2", "a: 'x", 'a: "\\U00110000"'])
def test_without_the_c_parser_the_same_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_c_parser = rules(text)
    monkeypatch.setattr("yaml.__with_libyaml__", False)

    assert rules(text) == with_c_parser
