"""The simulated company behind `okr demo`: an insurer's systems of record over sixty weeks, with known truth.

It writes what systems of record would hold and nothing else; no landing, metric or cascade is known here.
Every parameter stands in ``truth.yml``.
"""

from okr_pipeline.demo.contact_centre import simulate_contact_centre
from okr_pipeline.demo.simulation import deliver, simulate
from okr_pipeline.demo.truth import TRUTH_FILE, Truth, load_truth

__all__ = ["TRUTH_FILE", "Truth", "deliver", "load_truth", "simulate", "simulate_contact_centre"]
