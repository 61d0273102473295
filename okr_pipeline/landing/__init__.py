"""Content-hashed weekly files of every table under contract, and the manifests that say which are current."""

from okr_pipeline.landing.decisions import LOOK_BACK_WEEKS
from okr_pipeline.landing.holes import holes
from okr_pipeline.landing.landing import Landing
from okr_pipeline.landing.manifest import Manifest, WeekFile, WeekRecord
from okr_pipeline.landing.pseudonyms import Pseudonymiser, PseudonymKeyError
from okr_pipeline.landing.report import LandingReport, WeekReport

__all__ = [
    "LOOK_BACK_WEEKS",
    "Landing",
    "LandingReport",
    "Manifest",
    "PseudonymKeyError",
    "Pseudonymiser",
    "WeekFile",
    "WeekRecord",
    "WeekReport",
    "holes",
]
