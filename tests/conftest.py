"""How many examples every law is tried on: ``PHANBO_TESTS`` names the profile, ``dev`` by default."""

from __future__ import annotations

import gc
import os
import signal

import pytest
from hypothesis import HealthCheck, Phase, settings

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)

settings.register_profile("dev", max_examples=25, deadline=None, suppress_health_check=SLOW)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=12, derandomize=True)
settings.register_profile("quick", settings.get_profile("dev"), max_examples=8, derandomize=True)
settings.register_profile("mutants", settings.get_profile("quick"), phases=[Phase.explicit, Phase.generate])
settings.register_profile("thorough", settings.get_profile("dev"), max_examples=2_000)
PROFILE = os.environ.get("PHANBO_TESTS", "dev")
settings.load_profile(PROFILE)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell hands its background jobs a Ctrl-C that is ignored; tests and the processes they start must hear it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

GUARD = (
    "rules",
    "rules_walls",
    "guard_rules",
    "guard_transfers",
    "guard_proof",
    "guard_certificate",
    "certificate",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what finds a mutant soonest: the first failure ends its run."""
    order = {f"test_{name}.py": k for k, name in enumerate(GUARD)}
    if PROFILE == "mutants":
        items.sort(
            key=lambda item: (
                order.get(item.path.name, len(GUARD)),
                not hasattr(getattr(item, "obj", None), "hypothesis"),
            )
        )
        gc.freeze()  # what is imported once is not looked through again for every mutant
