"""The annex in the official columns reads back as the plan it proposes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import phanbo as pb
from few import given
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting


@given(setting=settings_of())
def test_read_back_it_is_the_plan_after(setting: Setting) -> None:
    made = setting.propose()
    if made.adjustments.empty:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        made.to_excel(path)
        back = pb.read_excel(path).lines.set_index("line_id")
    told = made.adjustments.set_index("line_id")
    assert set(back.index) == set(told.index)
    assert back.loc[told.index, "plan"].tolist() == told["plan_after"].tolist()
    assert back.loc[told.index, "source"].tolist() == told["source"].tolist()
