"""How many examples every law is tried on: ``PHANBO_TESTS`` names the profile, ``dev`` by default."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)

settings.register_profile("dev", max_examples=25, deadline=None, suppress_health_check=SLOW)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=40, derandomize=True)
settings.register_profile("quick", settings.get_profile("dev"), max_examples=15, derandomize=True)
settings.register_profile("mutants", settings.get_profile("quick"), phases=[Phase.explicit, Phase.generate])
settings.register_profile("thorough", settings.get_profile("dev"), max_examples=2_000)
PROFILE = os.environ.get("PHANBO_TESTS", "dev")
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what is tried on one example before what is drawn, where the first failure ends the run."""
    if PROFILE == "mutants":
        items.sort(key=lambda item: hasattr(getattr(item, "obj", None), "hypothesis"))
