"""The command line: plain words, exit codes that mean something, never a traceback, nothing half written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

import phanbo as pb
from phanbo import cli, pipeline
from phanbo.cli.texts import TEXTS
from phanbo.errors import CertificateError, CrossCheckError
from phanbo.examples import YEARS, write_lang_son
from rounds import TY, inflow, lines, proposal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Run = Callable[..., "Said"]
PROPOSE = ("--calendar", "lang-son-2024", "--as-of", "2024-09-15", "--round", "2")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("in") / "Bảng 2024"
    place.mkdir()
    lines().to_csv(place / "lines.csv", index=False)
    return place


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("case") / "hồ sơ"
    proposal().save(place)
    return place


class Said:
    """What one command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        assert "Traceback" not in err + out


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Said:
        try:
            code = cli.main([str(each) for each in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run


def digest(place: Path) -> str:
    parts = [path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()]
    return hashlib.sha256(b"".join(parts)).hexdigest()


# -- what goes well -------------------------------------------------------------------------------------


def test_propose_verify_explain_replay(run: Run, tables: Path, tmp_path: Path) -> None:
    out, before = tmp_path / "đợt 2", digest(tables)
    said = run("propose", tables, *PROPOSE, "--out", out)
    assert said.code == 0, said.err
    assert "Giảm 2 dòng" in said.out
    assert "Chưa kiểm tra: " in said.out
    assert said.err == ""
    assert digest(tables) == before, "the input is never changed"
    assert run("verify", out).out == "Chứng chỉ đúng: tối ưu và hợp lệ.\n"
    assert run("replay", out).out == "Lập lại giống từng byte.\n"
    assert run("explain", out, "L0").out.startswith("L0: đến 15/9/2024 giải ngân 10,00% kế hoạch")
    assert run("explain", out, "L0", "--lang", "en").out.startswith(
        "L0: 10.00% of the plan disbursed by 2024-09-15"
    )


def test_letters_are_written(run: Run, tables: Path, tmp_path: Path) -> None:
    out = tmp_path / "đợt 2"
    assert run("propose", tables, *PROPOSE, "--out", out).code == 0
    said = run("letters", out, "--out", tmp_path / "công văn")
    letters = sorted((tmp_path / "công văn").glob("*.txt"))
    assert said.code == 0, said.err
    assert said.out == f"Đã soạn {len(letters)} công văn trong {tmp_path / 'công văn'}.\n"
    assert letters
    assert "Kính gửi: " in letters[0].read_text(encoding="utf-8")
    assert "letters written" in run("--lang", "en", "letters", out, "--out", tmp_path / "letters").out


def test_papers_are_written_in_word_on_a_form_of_ones_own(run: Run, tables: Path, tmp_path: Path) -> None:
    pytest.importorskip("docxtpl", reason="needs phanbo[word]")
    out = tmp_path / "đợt 2"
    run("propose", tables, *PROPOSE, "--out", out)
    form, letter = tmp_path / "mẫu.docx", tmp_path / "mẫu công văn.docx"
    assert run("form", form).out == f"Đã ghi {form}\n"
    run("form", letter, "--letter")
    made = tmp_path / "tờ trình.docx"
    assert run("submission", out, "--out", made).out == f"Đã ghi {made}\n"
    again = tmp_path / "again.docx"
    run("submission", out, "--out", again, "--template", form)
    assert made.read_bytes() == again.read_bytes()
    run("letters", out, "--out", tmp_path / "a", "--word")
    run("letters", out, "--out", tmp_path / "b", "--template", letter)
    names = sorted(path.name for path in (tmp_path / "a").glob("*.docx"))
    assert names
    assert all((tmp_path / "a" / n).read_bytes() == (tmp_path / "b" / n).read_bytes() for n in names)
    assert run("submission", out, "--out", made, "--template", out / "policy.json").code == 6


def test_the_command_does_what_the_library_does(run: Run, tables: Path, tmp_path: Path) -> None:
    policy = {"min_move": 3 * TY, "return_unplaced": True}
    (tmp_path / "p.json").write_text("\ufeff" + json.dumps(policy), encoding="utf-8")
    out = tmp_path / "out"
    assert run("propose", tables, *PROPOSE, "--policy", tmp_path / "p.json", "--out", out).code == 0
    same = proposal(policy=pb.Policy(min_move=3 * TY, return_unplaced=True))
    assert pb.load_proposal(out).hash == same.hash


def test_an_empty_round_is_done(run: Run, tables: Path, tmp_path: Path) -> None:
    said = run("propose", tables, *PROPOSE[:-1], "1", "--out", tmp_path / "o")
    assert said.code == 0
    assert "Không có dòng vốn nào được điều chỉnh: " in said.out
    assert "Cảnh báo: " in said.out
    assert " / The data date" not in said.out, "one language at a time"


def test_a_prefix_is_legal_not_optimal(run: Run, tmp_path: Path) -> None:
    proposal().head(1).save(tmp_path / "o")
    assert run("verify", tmp_path / "o").out == "Chứng chỉ đúng: hợp lệ.\n"


def test_template_then_check(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mẫu.xlsx"
    said = run("template", path)
    assert (said.code, path.is_file()) == (0, True)
    assert "phanbo check" in said.out
    kept = path.read_bytes()
    again = run("template", path)
    assert (again.code, path.read_bytes()) == (6, kept)
    assert "Written" in run("--lang", "en", "template", tmp_path / "form.xlsx").out


def test_no_output_replaces_the_input(run: Run, tables: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in tables.iterdir()}
    lines_ = tables / "lines.csv"
    assert run("check", lines_, "--out", lines_).code == 6
    assert run("propose", tables, *PROPOSE, "--out", tables).code == 6
    assert run("propose", lines_, *PROPOSE, "--out", tables.parent).code == 6
    assert {path.name: path.read_bytes() for path in tables.iterdir()} == before


def test_a_forecaster_has_no_place_in_a_file(run: Run, tables: Path, tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text('{"forecaster": "magic"}', encoding="utf-8")
    said = run("propose", tables, *PROPOSE, "--policy", path, "--out", tmp_path / "o")
    assert said.code == 2
    assert "magic" in said.err


def test_check_of_a_sound_table(run: Run, tables: Path) -> None:
    said = run("check", tables)
    assert (said.code, said.out) == (0, "0 lỗi, 0 cảnh báo, 0 ghi chú.\n")
    assert run("check", tables, "--lang=en").out == "0 errors, 0 warnings, 0 notes.\n"


def test_check_writes_its_findings(run: Run, tables: Path, tmp_path: Path) -> None:
    out = tmp_path / "f.xlsx"
    said = run("check", tables, "--out", out)
    assert (said.code, out.is_file()) == (0, True)
    assert said.out.endswith(f"Đã ghi {out}\n")
    said = run("check", tables, "--out", tmp_path / "none" / "f.xlsx")
    assert said.code == 6
    assert [path.name for path in tmp_path.iterdir()] == ["f.xlsx"]


@pytest.mark.parametrize("as_of", ["2024-01-05", "2024-06-30", "2024-12-31"])
def test_assess_at_any_date(run: Run, tables: Path, tmp_path: Path, as_of: str) -> None:
    said = run("assess", tables, "--calendar", "lang-son-2024", "--as-of", as_of, "--out", tmp_path / "a")
    assert said.code == 0, said.err
    assert said.out.startswith(f"Đến {as_of}: giải ngân 30.000 / 60.000 triệu đồng (50,00%).")
    found = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert found == ["MANIFEST.sha256", "assessment.json", "assessment.xlsx"]
    plain = json.loads((tmp_path / "a" / "assessment.json").read_text(encoding="utf-8"))
    assert plain["province"]["plan"] == 60 * TY


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ((), "Lạng Sơn, plan year 2024"),
        (("--year", "2026"), "Bắc Lĩnh (an invented province), plan year 2026"),
    ],
)
def test_demo(run: Run, tmp_path: Path, asked: tuple[str, ...], title: str) -> None:
    said = run("demo", *asked, "--out", tmp_path / "demo", "--lang", "en")
    assert said.code == 0, said.err
    assert title in said.out
    assert "SYNTHETIC DATA" in said.out
    assert said.out.count("Verified proposal: ") == 3
    assert run("verify", tmp_path / "demo" / "round-2").code == 0


def test_demo_knows_the_years_that_ship(run: Run, tmp_path: Path) -> None:
    said = run("demo", "--year", "2025", "--out", tmp_path / "demo")
    assert said.code == 2
    assert all(str(year) in said.err for year in YEARS)
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_one_language_at_a_time(run: Run, tables: Path, tmp_path: Path, lang: str) -> None:
    out, other = tmp_path / "o", {"vi": "en", "en": "vi"}[lang]
    said = [
        run("propose", tables, *PROPOSE, "--out", out, "--lang", lang).out,
        run("verify", out, "--lang", lang).out,
        run("replay", out, "--lang", lang).out,
        run("explain", out, "nope", "--lang", lang).err,
        run("verify", tmp_path, "--lang", lang).err,
        run("propose", "--lang", lang).err,
    ]
    place = 0 if other == "vi" else 1
    starts = tuple(pair[place].split("{")[0].strip() for pair in TEXTS.values())
    for text in said:
        assert text
        for line in text.splitlines():
            assert not line.startswith(tuple(s for s in starts if len(s) > 5)), line


# -- exit codes -----------------------------------------------------------------------------------------


def test_1_data(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    lines(disbursed=[-1] * 6).to_csv(bad / "lines.csv", index=False)
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    (tmp_path / "empty").mkdir()
    for place in (bad, tmp_path / "bad.xlsx", tmp_path / "empty"):
        said = run("propose", place, *PROPOSE, "--out", tmp_path / "o")
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith("Dữ liệu có ")
        assert run("check", place).code == 1
    assert "LỖI lines" in run("check", bad).out
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--round", "9"), "không có đợt 9"),
        (("--round", "two"), "--round phải là số nguyên"),
        (("--calendar", "nope"), "Không có lịch “nope”"),
        (("--rulebook", "nope"), "Không có bộ quy định “nope”"),
        (("--rulebook", "vn-2025a"), "ngoài hiệu lực của vn-2025a"),
        (("--as-of", "15/9/2024"), "không phải là ngày"),
        (("--as-of", "2024-11-16"), "sau hạn điều chỉnh cuối cùng"),
        (("--as-of", "2023-09-15"), "ngoài năm kế hoạch 2024"),
        (("--unit", "tấn"), "triệu đồng"),
        (("--time-limit", "mai"), "--time-limit phải là số"),
        (("--colour",), "không có tham số --colour"),
        (("--lang", "fr"), "--lang không nhận 'fr'"),
    ],
)
def test_2_usage(run: Run, tables: Path, tmp_path: Path, more: Sequence[str], told: str) -> None:
    said = run("propose", tables, *PROPOSE, "--out", tmp_path / "o", *more)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    "text",
    [
        '{"unit": 0}',
        '{"unti": 5}',
        "[1]",
        "{",
        "",
        '{"judge": "actual",}',
        "\u0000",
        '{"tiers": ["priority"]}',
        "NaN",
    ],
)
def test_2_policy(run: Run, tables: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text, encoding="utf-8")
    said = run("propose", tables, *PROPOSE, "--out", tmp_path / "o", "--policy", tmp_path / "p.json")
    assert said.code == 2
    assert "hính sách" in said.err or "Thiết lập" in said.err
    (tmp_path / "p.json").write_bytes(b"\xff\xfe{")
    assert (
        run("propose", tables, *PROPOSE, "--out", tmp_path / "o", "--policy", tmp_path / "p.json").code == 2
    )


def test_2_commands(run: Run, case: Path) -> None:
    assert "thiếu LỆNH" in run().err
    assert "không nhận 'dance'" in run("dance").err
    assert run("dance").code == run().code == run("explain", case).code == 2
    assert run("--help").code == run("propose", "--help").code == 0
    said = run("explain", case, "l")
    assert said.code == 2
    assert "Gần giống: L0; L1" in said.err
    assert "Close to it: L0" in run("--lang", "en", "explain", case, "l").err


def test_3_infeasible(run: Run, tmp_path: Path) -> None:
    lines().to_csv(tmp_path / "lines.csv", index=False)
    inflow(-1000 * TY).to_csv(tmp_path / "sources.csv", index=False)
    said = run("propose", tmp_path, *PROPOSE, "--out", tmp_path / "o")
    assert said.code == 3
    assert "phải giảm 1.000.000, giảm được 30.000, thiếu 970.000 triệu đồng" in said.err
    assert not (tmp_path / "o").exists()


def test_4_certificate(
    run: Run, tables: Path, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    forged = shutil.copytree(case, tmp_path / "forged")
    path = forged / "proposal.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"cut_lines": 2', '"cut_lines": 3'), encoding="utf-8"
    )
    said = run("verify", forged)
    assert said.code == 4
    assert "tệp proposal.json đã bị thay đổi" in said.err
    assert run("replay", forged).code == 4
    (forged / "calendar.toml").unlink()
    assert "calendar.toml" in run("verify", forged).err

    def refuse(*_: object) -> None:
        raise CertificateError("Không đạt.", "It fails.")

    monkeypatch.setattr(pipeline, "verified", refuse)
    assert run("propose", tables, *PROPOSE, "--out", tmp_path / "o").code == 4
    assert not (tmp_path / "o").exists()


def test_a_second_opinion(run: Run, tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "o"
    said = run("propose", tables, *PROPOSE, "--out", out, "--cross-check", "HiGHS")
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("Bộ giải HiGHS ra cùng phương án, từng dòng.\n")
    assert run("replay", out).code == 0
    said = run("propose", tables, *PROPOSE, "--out", tmp_path / "p", "--cross-check", "HAL")
    assert said.code == 2
    assert "Không có bộ giải “HAL”" in said.err

    def refuse(*_: object) -> None:
        raise CrossCheckError("Khác.", "It differs.")

    monkeypatch.setattr(pipeline, "cross_checked", refuse)
    assert run("propose", tables, *PROPOSE, "--out", tmp_path / "p", "--cross-check", "HiGHS").code == 4
    assert not (tmp_path / "p").exists()


def test_5_stopped(run: Run, tables: Path, tmp_path: Path) -> None:
    said = run("propose", tables, *PROPOSE, "--out", tmp_path / "o", "--time-limit", "0")
    assert said.code == 5
    assert "không có phương án nào được trả về" in said.err
    assert list(tmp_path.iterdir()) == []


def test_6_files(run: Run, tables: Path, case: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    none = tmp_path / "none"
    commands: list[tuple[object, ...]] = [
        ("propose", none, *PROPOSE, "--out", tmp_path / "o"),
        ("propose", tables, *PROPOSE, "--out", tables),
        ("propose", tables, *PROPOSE, "--out", tmp_path / "file"),
        ("propose", tables, *PROPOSE, "--out", tmp_path / "file" / "sub"),
        ("propose", tables, *PROPOSE, "--out", tmp_path / "o", "--policy", none),
        ("check", none),
        ("assess", none, *PROPOSE[:4], "--out", tmp_path / "o"),
        ("template", none / "a.xlsx"),
        ("verify", none),
        ("verify", tables),
        ("explain", none, "L0"),
        ("replay", tables),
    ]
    before = digest(tables)
    for command in commands:
        said = run(*command)
        assert (said.code, said.out) == (6, ""), command
        assert said.err.startswith("Không đọc"), said.err
    assert digest(tables) == before
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert case.is_dir()


def test_6_a_workbook_open_in_excel(
    run: Run, tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "proposal.xlsx")

    monkeypatch.setattr(pb.Proposal, "save", locked)
    said = run("propose", tables, *PROPOSE, "--out", tmp_path / "o")
    assert said.code == 6
    assert "đóng tệp trong Excel rồi chạy lại" in said.err


def test_130_interrupted(run: Run, tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pb.Proposal, "to_excel", interrupt)
    said = run("propose", tables, *PROPOSE, "--out", tmp_path / "o")
    assert said.code == 130
    assert "không có tệp nào được ghi dở" in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_failed_run_keeps_the_earlier_case(
    run: Run, tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal().save(tmp_path / "o")
    before = digest(tmp_path / "o")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "proposal.xlsx")

    monkeypatch.setattr(pb.Proposal, "to_excel", full)
    said = run("propose", tables, *PROPOSE, "--out", tmp_path / "o")
    assert said.code == 6
    assert "No space left" in said.err
    assert digest(tmp_path / "o") == before
    assert [path.name for path in tmp_path.iterdir()] == ["o"]


# -- calendars ------------------------------------------------------------------------------------------


def test_calendar_check_of_a_sound_calendar(run: Run) -> None:
    said = run("calendar", "check", "lang-son-2024")
    assert (said.code, said.err) == (0, "")
    for part in (
        "Lạng Sơn, năm kế hoạch 2024 (lang-son-2024)",
        "Văn bản của tỉnh: Dự thảo Chỉ thị",
        "  Vốn kéo dài 2022, 2023 giải ngân ít nhất 60% trước ngày 30/6/2024\n",
        "  Khởi công, dự án khởi công mới, đến hết ngày 30/6/2024\n",
        "  Đợt 3: báo cáo trước ngày 15/11/2024; xét mốc đến 30/9/2024 (dự báo: đến 31/12/2024)\n",
        "      số liệu đúng hạn: 1/1/2024 – 14/11/2024; sau đó, đến hết 15/11/2024: nhận, có cảnh báo là muộn\n",
        "hằng tuần, thứ Sáu\n",
        "  owner-import: mục II.5.3\n",
        "Ngày số liệu cuối cùng để điều chỉnh: 15/11/2024\n",
        "Đường tham chiếu: của cả nước, 7 điểm",
    ):
        assert part in said.out
    assert said.out.endswith("\nlang-son-2024: lịch đúng, 0 ghi chú.\n")
    marks = [line for line in said.out.splitlines() if "giải ngân ít nhất" in line]
    assert [line.split(" giải")[0].strip() for line in marks] == [
        *(
            "Dự án hoàn thành",
            *["Dự án chuyển tiếp"] * 2,
            *["Dự án khởi công mới"] * 2,
            *["Vốn kéo dài 2022, 2023"] * 2,
        )
    ]
    english = run("--lang", "en", "calendar", "check", "lang-son-2024").out
    assert "Round 2: reported before 2024-09-20; milestones judged up to 2024-09-30\n" in english
    assert "every week, Friday" in english
    assert run("calendar", "check", "lang-son-2024", "--lang", "en").out == english


def test_the_data_dates_it_tells_are_those_a_round_takes(run: Run) -> None:
    """Each date in time is taken silently, each late one with a warning, the next one is refused."""
    said = run("calendar", "check", "lang-son-2024", "--lang", "en").out
    told = re.findall(r"data in time: \S+ – (\S+); after them, until (\S+): taken", said)
    assert len(told) == 3
    for number, (in_time, late) in enumerate(told, start=1):
        assert not proposal(round=number, as_of=in_time).summary["warnings"]
        assert "report date" in proposal(round=number, as_of=late).summary["warnings"][0]
        with pytest.raises(pb.RoundError):
            proposal(round=number, as_of=dt.date.fromisoformat(late) + dt.timedelta(1))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_calendar_check_of_a_faulty_one(run: Run, tables: Path, tmp_path: Path, lang: str) -> None:
    path, text = tmp_path / "lịch.toml", pb.load_calendar("lang-son-2024").text
    faulty = text.replace('"completed"', '"done"').replace('"0.7"', "70").replace("donor-test", "donor-tst")
    path.write_bytes(faulty.encode())
    said = run("calendar", "check", path, "--lang", lang)
    assert (said.code, said.err) == (2, "")
    parts = {
        "vi": ("LỖI [[milestone]] thứ 2 (dòng ", "share = 70: tỷ lệ", "“donor-tst”", ": 3 lỗi, 0 ghi chú"),
        "en": (
            "error [[milestone]] no. 2 (line ",
            "share = 70: a share",
            "'donor-tst'",
            ": 3 errors, 0 notes",
        ),
    }
    for part in parts[lang]:
        assert part in said.out
    refused = run("propose", tables, *PROPOSE, "--calendar", path, "--out", tmp_path / "o", "--lang", lang)
    assert refused.code == 2
    assert parts[lang][1] in refused.err


def test_a_calendar_that_leaves_things_to_the_law(run: Run, tmp_path: Path) -> None:
    path, text = tmp_path / "lịch.toml", pb.load_calendar("lang-son-2024").text
    path.write_text(re.sub("last_adjustment = .*", "", text), encoding="utf-8")
    said = run("calendar", "check", path).out
    last = pb.load_rulebook("vn-2020").last_adjustment.on(2024)
    day = f"{last.day}/{last.month}/2024"
    assert f"cuối cùng để điều chỉnh: {day}, theo vn-2020 (lịch không nêu)" in said
    assert f"sau đó, đến hết {day}: nhận" in said
    path.write_text(re.sub("last_adjustment = .*", "", text.replace("2024", "2028")), encoding="utf-8")
    said = run("calendar", "check", path).out
    assert "cuối cùng để điều chỉnh: theo bộ quy định của tỉnh" in said
    assert run("calendar", "check", tmp_path / "none.toml").code == 2
    path.write_bytes(text.encode("utf-16"))
    refused = run("calendar", "check", path)
    assert refused.code == 2
    assert "UTF-16" in refused.err
    assert run("calendar").code == run("calendar", "dance", path).code == 2


# -- consoles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["ascii", "cp1258", "utf-16"])
def test_any_console(case: Path, encoding: str) -> None:
    """A Windows console of another code page shows what it can and never stops."""
    given = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    for command, code in (
        (["explain", str(case), "L0"], 0),
        (["explain", str(case), "Đ"], 2),
        (["dance"], 2),
    ):
        said = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-W", "error", "-m", "phanbo", *command],
            capture_output=True,
            env=given,
            check=False,
        )
        text = (said.stdout + said.stderr).decode("utf-8")
        assert said.returncode == code, text
        assert "Traceback" not in text
        assert "ạ" in text or "ô" in text


def test_a_deadline_outside_the_round_is_refused(run: Run, tables: Path, tmp_path: Path) -> None:
    for day in ("2023-01-01", "2024-09-01", "2026-01-31"):
        path = tmp_path / "policy.json"
        path.write_text(f'{{"deadline": "{day}"}}', encoding="utf-8")
        assert run("propose", tables, *PROPOSE, "--policy", path, "--out", tmp_path / "o").code == 2


# -- many -----------------------------------------------------------------------------------------------


def test_a_folder_of_workbooks(tmp_path: Path, run: Run) -> None:
    place, out = tmp_path / "tỉnh", tmp_path / "đợt 2"
    place.mkdir()
    for name in ("Hà Giang", "Cao Bằng"):
        write_lang_son(place / f"{name}.xlsx")
    (place / "~$Hà Giang.xlsx").touch()  # open in Excel
    (place / "ghi chú.txt").touch()
    said = run("propose-many", place, *PROPOSE, "--out", out, "--workers", 1)
    assert said.code == 0
    assert said.out.splitlines()[0].startswith("Cao Bằng: chưa kiểm tra ")
    assert f"2/2 phương án đã kiểm chứng, mỗi phương án một thư mục trong {out}" in said.out
    assert pb.load_proposal(out / "Hà Giang").verify().ok
    (place / "Bắc Kạn.xlsx").write_bytes(b"x")
    said = run("propose-many", place, *PROPOSE, "--out", out, "--workers", 1, "--lang", "en")
    assert said.code == 1
    assert "2 of 3 verified proposals" in said.out
    assert said.err.startswith("Bắc Kạn: NOT DONE. ")
    assert run("propose-many", tmp_path / "không", *PROPOSE, "--out", out).code == 6
    assert run("propose-many", place, *PROPOSE, "--out", place).code == 6
