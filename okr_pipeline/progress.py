"""How long work says where it is; what that looks like is the listener's business."""

from typing import Protocol


class Progress(Protocol):
    """Told of each step as it begins and ends."""

    def started(self, step: str) -> None:
        """A step begins, e.g. ``contact_centre.interactions``."""

    def finished(self, step: str, outcome: str) -> None:
        """The step is over; ``outcome`` is a few words, e.g. ``landed 5 weeks, 12,400 rows``."""


class Silent:
    """Listens to nothing."""

    def started(self, step: str) -> None:
        """Do nothing."""

    def finished(self, step: str, outcome: str) -> None:
        """Do nothing."""
