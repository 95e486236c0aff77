"""Text tables: their encoding and what parts their fields are told by evidence, and asked for where there is none."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from corpus.declared import LEGAL, book, plain
from dressing.legacy import cp1258, tcvn3, vni
from phanbo.errors import DataError
from phanbo.tables.files.decode import DecodeError, decode
from phanbo.tables.files.limits import Limits
from phanbo.tables.files.text import open_files

ROWS = [
    ["" if cell is None else str(cell) for cell in row] for row in book(plain(), unit=1, said="đồng")[0].rows
]


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "utf-8-sig": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "utf-16-be with its mark": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "windows-1258": cp1258,
    "tcvn3": lambda text: tcvn3(text).encode("latin-1", "ignore"),
    "vni": lambda text: vni(text).encode("latin-1", "ignore"),
}
FOLDED = {"tcvn3"}
"""Its capitals with a tone have no code."""


def as_csv(rows: list[list[str]], mark: str = ";") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def written(folder: Path, data: bytes, name: str = "lines.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def cells(folder: Path, text: str) -> list[list[str]]:
    return open_files([written(folder, text.encode())], Limits())[0].rows


def errors(refusal: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [finding.code for finding in refusal.value.findings]


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> pb.Portfolio:
    return pb.read_csv(written(tmp_path_factory.mktemp("right"), as_csv(ROWS).encode()))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_every_encoding_reads_to_the_same(
    encoding: str, mark: str, tmp_path: Path, right: pb.Portfolio
) -> None:
    data = ENCODINGS[encoding](as_csv(ROWS, mark).replace("–", "-"))
    found = pb.read_csv(written(tmp_path, data))
    projects, wanted = found.lines["project"].tolist(), [p.replace("–", "-") for p in right.lines["project"]]
    assert projects == wanted or encoding in FOLDED
    assert [p.casefold() for p in projects] == [p.casefold() for p in wanted]
    assert found.lines["plan"].tolist() == right.lines["plan"].tolist()
    assert found.lines["source"].str.casefold().tolist() == right.lines["source"].str.casefold().tolist()
    told = [
        value
        for code, value in zip(found.notes["code"], found.notes["value"], strict=True)
        if code == "text-encoding"
    ]
    guessed = {"tcvn3": "TCVN3", "vni": "VNI"} | {
        name: name for name in ("windows-1258", "utf-16-le", "utf-16-be")
    }
    assert told == [name for asked, name in guessed.items() if asked == encoding]


@given(st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂĐÊÔƠƯ ,;\n0123456789áàảãạếềểễệ")))
def test_windows_1258_is_composed(text: str) -> None:
    assert decode(cp1258(text), "windows-1258").text == text
    assert decode(text.encode("utf-16-le"), "utf-16-le").text == text


@pytest.mark.parametrize("name", ["tcvn3", "vni"])
def test_an_old_encoding_may_be_named(name: str, tmp_path: Path) -> None:
    rows = [[cell.lower() for cell in row] for row in ROWS]
    data = ENCODINGS[name](as_csv(rows).replace("–", "-"))
    found = pb.read_csv(written(tmp_path, data), encoding=name)
    assert "cầu khê ngàn" in found.lines["project"].tolist()
    assert not {"text-legacy", "text-encoding"} & set(found.notes["code"])


def test_what_could_be_two_encodings_is_asked(tmp_path: Path) -> None:
    data = as_csv(ROWS).encode("ascii", "ignore") + b"\r\n;D\xef\xebd\xa4 x\x8a\xa5k;;;;;;;\r\n"
    path = written(tmp_path, data)
    with pytest.raises(DataError) as refusal:
        pb.read_csv(path)
    (finding,) = refusal.value.findings
    assert finding.code == "file-unreadable"
    assert "encoding=" in finding.mend_vi
    assert "encoding=" in finding.mend_en
    assert "encoding" in pb.check_excel(path)["message_en"][0]


def test_plain_western_letters_that_both_code_pages_share_are_no_doubt() -> None:
    found = decode("Lộ phí là 5 đ".replace("ộ", "ô").replace("đ", "d").encode("cp1252"))
    assert found.text == "Lô phí là 5 d"


@pytest.mark.parametrize("name", ["utf-9", "base64"])
def test_an_encoding_that_is_none_is_an_option_unknown(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refusal:
        pb.read_csv(written(tmp_path, b"a,b"), encoding=name)
    assert errors(refusal) == ["option-unknown"]


def test_the_named_encoding_must_fit(tmp_path: Path) -> None:
    path = written(tmp_path, "Dự án\nCầu Khê Ngàn".encode())
    with pytest.raises(DataError) as refusal:
        pb.read_csv(path, encoding="ascii")
    assert "line 1" in refusal.value.findings[0].message_en
    assert set(pb.check_excel(path, encoding="ascii")["code"]) == {"file-unreadable"}


def test_utf_8_with_a_broken_byte_names_its_line(tmp_path: Path) -> None:
    data = as_csv(ROWS).encode().replace("Khê".encode(), b"Kh\xffe", 1)
    with pytest.raises(DataError) as refusal:
        pb.read_csv(written(tmp_path, data))
    line = data[: data.index(b"\xff")].count(b"\n") + 1
    assert f"line {line}:" in refusal.value.findings[0].message_en


@pytest.mark.parametrize("data", [b"a,b\x00c\n1,2\n", b"\x00" * 50, "a\0b".encode("utf-16")])
def test_nul_bytes_are_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refusal:
        pb.read_csv(written(tmp_path, data))
    assert errors(refusal) == ["file-unreadable"]
    assert "NUL" in refusal.value.findings[0].message_vi


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with contextlib.suppress(DecodeError):
        assert "\0" not in decode(data).text


def test_titles_with_other_marks_do_not_decide(tmp_path: Path) -> None:
    above = [[f"{title}, ngày 5, tháng 9, năm 2024, số 5"] for title in LEGAL]
    found = cells(tmp_path, as_csv([*above, *ROWS], ";"))
    assert found[len(above) :] == ROWS
    assert cells(tmp_path, as_csv([["Đơn vị tính: đồng; a; b; c"], *ROWS[1:]], ","))[1:] == ROWS[1:]


def test_decimal_commas_do_not_decide(tmp_path: Path) -> None:
    head = ["Dự án", "Kế hoạch", "Giải ngân"]
    rows = [head, *([f"D{k}", f"{k},5", f"{k},25"] for k in range(20))]
    assert cells(tmp_path, as_csv(rows, ";").replace('"', "")) == rows


def test_commas_in_every_cell_make_no_headers(tmp_path: Path) -> None:
    rows = [["Số", "Kế hoạch", "Giải ngân"], *([f"{k},5", f"{k},25", f"{k},75"] for k in range(20))]
    assert cells(tmp_path, as_csv(rows, ";").replace('"', "")) == rows


def test_a_mark_inside_quotes_does_not_decide(tmp_path: Path) -> None:
    rows = [["Dự án", "Vốn"], *([f"a;b;c;d;{k}\nx;y", str(k)] for k in range(5))]
    assert cells(tmp_path, as_csv(rows, ",")) == rows


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_the_line_sep_says_it(mark: str, tmp_path: Path) -> None:
    rows = [["a", "b;c,d"], ["1", "2"]]
    text = f"sep={mark}\r\n" + as_csv(rows, mark)
    assert cells(tmp_path, text) == rows


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refusal:
        cells(tmp_path, "a,b\n" + "," * 16_384)
    assert errors(refusal) == ["too-large"]
    assert refusal.value.findings[0].row == 2
    assert len(cells(tmp_path, "a,b\n" + "," * 16_383)[1]) == 16_384


def test_too_many_rows_or_bytes_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n" * 10)
    for limits in (Limits(rows=9), Limits(bytes=39)):
        with pytest.raises(DataError):
            open_files([path], limits)
    assert len(open_files([path], Limits(rows=10, bytes=40))[0].rows) == 10


def test_rows_of_nothing_but_marks_stay_bounded(tmp_path: Path) -> None:
    path = written(tmp_path, (b";" * 16_383 + b"\n") * 1_300)
    with pytest.raises(DataError) as refusal:
        open_files([path], Limits())
    assert errors(refusal) == ["too-large"]


def test_a_quote_that_is_never_closed_is_told_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refusal:
        cells(tmp_path, 'a,b\n1,"' + "x" * 200_000)
    (finding,) = refusal.value.findings
    assert finding.code == "file-unreadable"
    assert "2" in finding.message_vi
    assert "nháy" in finding.mend_vi
