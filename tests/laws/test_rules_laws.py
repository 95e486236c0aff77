"""A rule has two faces, and they agree: what it says to the program, and how it re-checks a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import settings as profile

from checks import faces_agree
from strategies import RULEBOOK, settings_of

if TYPE_CHECKING:
    from strategies import Setting

MANY = 60


@given(setting=settings_of())
@profile(max_examples=MANY)
def test_rows_are_violations_at_the_edge(setting: Setting) -> None:
    faces_agree(setting.case(), RULEBOOK)
