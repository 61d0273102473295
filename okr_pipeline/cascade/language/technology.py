"""Whether words name a technology: a product, a field with a thing made of it, or a system of the register.

What is done to the technology is read in `building`; whether it produces something, in `outputs`.
"""

from collections.abc import Iterable

from okr_pipeline.cascade.language.lists import Phrases, Span, phrases
from okr_pipeline.cascade.language.words import Words


class SystemNames:
    """Names of registered AI systems, as they may stand in a title."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take names and ids, e.g. ``Agent assist`` and ``agent_assist``."""
        self._phrases = Phrases(name.replace("_", " ") for name in names)

    def find(self, words: Words) -> tuple[Span, ...]:
        """Return where a system is named.

        A name of one word may be an ordinary word, e.g. *Harbour*: it counts with a capital within the sentence.
        """
        return tuple(
            span
            for span in self._phrases.find(words)
            if span.end - span.start > 1 or (words[span.start].text[0].isupper() and not words[span.start].is_first)
        )


NO_SYSTEMS = SystemNames(())


def ends_in_technology(part: Words, systems: SystemNames = NO_SYSTEMS) -> bool:
    """Tell whether the thing that a noun phrase is about is technology.

    ``our AI assistant`` and ``a machine learning platform`` are; ``AI skills`` and ``an operating model`` are not,
    because the thing comes last and skills and ways of operating are none.
    """
    named = (*phrases("products_of_technology").find(part), *systems.find(part))
    fields = phrases("fields_of_technology").find(part)
    bare = (span for span in phrases("bare_things").find(part) if not _is_other_model(part, span))
    return any(_closes(part, span.end) for span in (*named, *fields, *bare))


def is_made_with_technology(part: Words) -> bool:
    """Tell whether a noun phrase names work by the technology in it: ``AI-powered underwriting``."""
    if any(phrases("movements").at(part, at) for at in range(len(part))):
        return False  # ``AI-supported products faster``
    fields = phrases("fields_of_technology").find(part)
    return any(span.end < len(part) and phrases("human_use").at(part, span.end) is not None for span in fields)


def names_product(words: Words, systems: SystemNames = NO_SYSTEMS) -> bool:
    """Tell whether a product of technology is named anywhere, as opposed to a field such as AI."""
    return bool(phrases("products_of_technology").find(words) or systems.find(words))


def _closes(part: Words, position: int) -> bool:
    """Tell whether nothing but things made of technology and adverbs follow."""
    while position < len(part):
        span = phrases("things").at(part, position) or phrases("adverbs").at(part, position)
        span = span or phrases("products_of_technology").at(part, position) or phrases("build_nouns").at(part, position)
        if span is None:
            return part[position].lower == "of"
        position = span.end
    return True


def _is_other_model(part: Words, span: Span) -> bool:
    before = phrases("other_models").at(part, span.start - 1) if span.start else None
    after = phrases("other_models").at(part, span.end) if span.end < len(part) else None
    return before is not None or after is not None
