"""Which weeks a refresh is for when nobody says so: from the newest publication to the newest closed week."""

from datetime import date, timedelta

from okr_pipeline.cascade import weeks as calendar
from okr_pipeline.project import Project
from okr_pipeline.publication.content import published_through
from okr_pipeline.publication.reading import rows_of_published
from okr_pipeline.publication.store import PublicationStore
from okr_pipeline.settings import Settings


def default_range(settings: Settings) -> tuple[date, date]:
    """Return first and last week: a missed week is caught up, and the newest one is refreshed again if none is new.

    Before the first publication the range begins with the oldest baseline that a key result wants measured.
    """
    project = Project.load(settings)
    newest = calendar.last_closed_week(project.as_of)
    published = published_through(rows_of_published(PublicationStore(settings.home), "publication_info"))
    if published:
        return min(published + timedelta(weeks=1), newest), newest
    baselines = [item.baseline.weeks[0] for item in project.cascade.key_results if item.baseline.weeks is not None]
    return max(min([*baselines, newest]), settings.history_from), newest
