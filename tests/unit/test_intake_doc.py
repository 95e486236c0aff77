"""What docs/intake.md shows runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from phanbo.examples import load_lang_son, write_lang_son

DOC = Path(__file__).parents[2] / "docs" / "intake.md"


def test_the_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_lang_son("ke-hoach-2024.xlsx")
    lines = load_lang_son().lines
    titles = {
        "project_id": "Mã dự án",
        "project": "Tên dự án",
        "source": "Nguồn vốn",
        "plan_year": "Năm kế hoạch",
        "plan": "Kế hoạch vốn được giao (đồng)",
        "disbursed": "Lũy kế giải ngân từ đầu năm đến 13/9/2024 (đồng)",
    }
    paid = lines[[*titles]].rename(columns=titles)
    with pd.ExcelWriter("kho-bac-13-9.xlsx", engine="xlsxwriter") as book:
        paid.to_excel(book, sheet_name="KBNN", index=False)
    first, second = re.findall(r"```python\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    known: dict[str, object] = {}
    exec(compile(first, str(DOC), "exec"), known)  # noqa: S102 - our own text
    whole = known["portfolio"]
    exec(compile(second, str(DOC), "exec"), known)  # noqa: S102
    again = known["portfolio"]
    assert (again.lines["disbursed"] == whole.lines["disbursed"]).all()  # type: ignore[attr-defined]
    assert Path("phieu-doi-chieu.xlsx").is_file()
