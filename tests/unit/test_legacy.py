"""Texts typed in TCVN3, VNI or encoded twice come out as Vietnamese; all others stay as they are."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from phanbo.examples import load_bac_linh, load_lang_son
from phanbo.tables.files.sheet import Sheet
from phanbo.tables.text.encodings import decode_tcvn3, decode_utf8, decode_vni, encode_tcvn3, encode_vni
from phanbo.tables.text.legacy import convert_sheet
from phanbo.tables.text.syllables import is_syllable

_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_SMALL = [unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in _TONES]
LETTERS = [c for c in (*_SMALL, "đ") if not c.isascii()]
CAPITALS = [letter.upper() for letter in LETTERS]
FOREIGN = (
    "café", "Crédit Agricole", "Société générale", "où", "été", "naïve", "Citroën", "2 m²", "30 °C", "5m×3m",
    "10 × 20 m", "© 2024", "kW·h", "±5", "São Paulo", "façade", "Müller", "français", "élève", "½", "« »",
)  # fmt: skip


@cache
def texts() -> list[str]:
    """Return every text of the shipped examples."""
    found: set[str] = set()
    for portfolio in (load_lang_son(), load_bac_linh()):
        for name in ("project", "owner", "source", "sector", "locality"):
            found |= {text for text in portfolio.text(name).tolist() if text}
    return sorted(found)


@cache
def words() -> list[str]:
    """Return every word of them."""
    return sorted({word for text in texts() for word in re.findall(r"[^\W\d_]+", text)})


def twice(text: str) -> str:
    """Return a text as its UTF-8 bytes show in Windows-1252."""
    return "".join(
        chr(byte) if byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )


ENCODERS = {"TCVN3": encode_tcvn3, "VNI": encode_vni, "UTF-8": twice}


def test_the_tables_hold_every_letter_once() -> None:
    assert len(LETTERS) == 67
    for letter in LETTERS + CAPITALS:
        assert decode_vni(encode_vni(letter)) == letter
        assert letter not in encode_vni(letter) or not letter.isascii()
    for letter in LETTERS:
        assert decode_tcvn3(encode_tcvn3(letter)) == letter
    assert len({encode_tcvn3(letter) for letter in LETTERS}) == 67
    assert len({encode_vni(letter) for letter in LETTERS + CAPITALS}) == 134
    assert [c for c in CAPITALS if decode_tcvn3(encode_tcvn3(c)) == c] == sorted(
        "ĂÂĐÊÔƠƯ", key=CAPITALS.index
    )


@given(st.data())
def test_any_vietnamese_text_survives_its_encoding(data: st.DataObject) -> None:
    drawn = st.one_of(st.sampled_from(words()), st.text("abcxyz 0123,.-()", max_size=4))
    text = " ".join(data.draw(st.lists(drawn, max_size=8)))
    assert decode_vni(encode_vni(text)) == text
    back = decode_tcvn3(encode_tcvn3(text))
    assert back is not None
    assert back.lower() == text.lower()
    assert encode_tcvn3(back) == encode_tcvn3(text)
    if not text.isascii():
        assert decode_utf8(twice(text)) == text


def test_published_samples() -> None:
    assert decode_tcvn3("Ban qu¶n lý dù ¸n ®Çu t­ x©y dùng") == "Ban quản lý dự án đầu tư xây dựng"
    assert decode_vni("Ñöôøng giao thoâng ñeán trung taâm xaõ") == "Đường giao thông đến trung tâm xã"
    assert decode_vni("UÛY BAN NHAÂN DAÂN TÆNH") == "ỦY BAN NHÂN DÂN TỈNH"


def test_the_words_of_the_examples_are_syllables() -> None:
    odd = [word for word in words() if not is_syllable(word)]
    assert all(word.isascii() and word.isupper() for word in odd), odd
    assert not any(
        is_syllable(word) for word in ("thoâng", "qu¶n", "krông", "crédit", "cấb", "đac", "ìí", "kà")
    )


@given(st.lists(st.one_of(st.sampled_from(FOREIGN), st.sampled_from(words())), min_size=1, max_size=12))
def test_what_is_plain_or_unicode_is_never_touched(cells: list[str]) -> None:
    sheet = Sheet("S", [[cell, 5, None] for cell in cells])
    same, findings = convert_sheet(sheet)
    assert same is sheet
    assert all(finding.severity == "warning" for finding in findings)


def test_the_examples_are_left_alone() -> None:
    sheet = Sheet("S", [[text] for text in texts()])
    assert convert_sheet(sheet) == (sheet, [])


@pytest.mark.parametrize("encoding", ENCODERS)
def test_a_whole_sheet_comes_back(encoding: str) -> None:
    encode = ENCODERS[encoding]
    plain = [text.lower() for text in texts()]
    sheet, findings = convert_sheet(Sheet("S", [[encode(text), 1.5] for text in plain]))
    told = {finding.value for finding in findings if finding.code == "text-doubtful"}
    for row, text in zip(sheet.rows, plain, strict=True):
        assert row == [text, 1.5] or row[0] in told
    assert len(told) <= 1
    note = next(finding for finding in findings if finding.code == "text-legacy")
    assert encoding in note.message_vi
    assert encoding in note.message_en
    changed = sum(text != row[0] for row, text in zip(sheet.rows, [encode(t) for t in plain], strict=True))
    assert f"{changed} ô" in note.message_vi.replace(".", "")


def test_what_nothing_settles_is_left_and_told() -> None:
    sheet, findings = convert_sheet(Sheet("S", [["Đường", "x"], ["Chî", 1], ["Cầu", 2]]))
    assert sheet.rows[1][0] == "Chî"
    assert [(f.code, f.severity, f.cell, f.value) for f in findings] == [
        ("text-doubtful", "warning", "A2", "Chî")
    ]


def test_a_text_that_reads_both_ways_goes_with_its_column() -> None:
    vni = ["Ñöôøng giao thoâng", "Taân An", "Hoá An"]
    assert convert_sheet(Sheet("S", [[text] for text in vni]))[0].rows[2] == ["Hố An"]
    mixed, findings = convert_sheet(Sheet("S", [[text] for text in (*vni, "Ñöôøng hai", "Caàu", "Hồ Tây")]))
    assert mixed.rows[2] == ["Hoá An"]
    assert [f.cell for f in findings if f.code == "text-doubtful"] == ["A3"]


def test_signs_and_foreign_names_survive_among_old_texts() -> None:
    old = [encode_tcvn3(text) for text in ("Kế hoạch vốn", "Đường tỉnh lộ", "Cầu thị xã")]
    for kept in ("10 × 20", "5m×3", "2 m²", "Crédit", "ISO 9001"):
        sheet, _ = convert_sheet(Sheet("S", [[text] for text in (*old, kept)]))
        assert sheet.rows[-1] == [kept]
        assert sheet.rows[0] == ["Kế hoạch vốn"]


BESIDE = ("5", "1.234,5", "10%", "5m×3m", "µ", "µm", "Ø10", "Ø", "°C", "m²", "±2", "§", "×", "½", "(m²)",
          "Crédit", "Agricole", "Société", "générale", "Müller", "café", "kWh", "N·m", "φ10", "№")  # fmt: skip


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
@given(data=st.data())
def test_words_come_back_one_by_one_and_what_is_no_word_stays(encoding: str, data: st.DataObject) -> None:
    encode = ENCODERS[encoding]
    column = [encode(text) for text in ("kế hoạch vốn", "đường tỉnh lộ", "cầu thị xã", "chợ huyện")]
    lower = st.sampled_from([word.lower() for word in words() if len(word) > 1])
    drawn = data.draw(
        st.lists(
            st.one_of(lower.map(lambda w: (w, encode(w))), st.sampled_from(BESIDE).map(lambda s: (s, s))),
            min_size=1,
            max_size=8,
        )
    )
    typed = " ".join(old for _, old in drawn)
    sheet, findings = convert_sheet(Sheet("S", [[text] for text in (*column, typed)]))
    said = " ".join(finding.message_en for finding in findings if finding.value == typed)
    for (meant, old), now in zip(drawn, sheet.rows[-1][0].split(" "), strict=True):
        assert now == meant or (now == old and "left as it is" in said), (now, meant)
    assert sheet.rows[0] == ["kế hoạch vốn"]


@pytest.mark.parametrize(
    ("typed", "now", "kept"),
    [
        ("thÐp 5 µ", "thép 5 µ", "“µ”"),
        ("mÆt cÇu 5m×3m", "mặt cầu 5m×3m", "“m×”"),
        ("Ø10 cèt thÐp φ10", "Ø10 cốt thép φ10", "“Ø”"),
        ("Crédit Agricole dù ¸n", "Crédit Agricole dự án", "“Crédit”"),
        ("« Ban qu¶n lý »", "« Ban quản lý »", "“«”, “»”"),
        ("§ 5 ®iÒu", "§ 5 điều", "“§”"),
        ("nhµ ë c«ng vô", "nhà ở công vụ", ""),
        ("x· ®¾k kr«ng", "xã đắk krông", ""),
        ("Đường qu¶n lý", "Đường quản lý", ""),
        ("né", "nộ", ""),
    ],
)
def test_a_sign_among_old_words_stays_and_is_named(typed: str, now: str, kept: str) -> None:
    old = [encode_tcvn3(text) for text in ("Kế hoạch vốn", "Đường tỉnh lộ", "Cầu thị xã")]
    sheet, findings = convert_sheet(Sheet("S", [[text] for text in (*old, typed)]))
    assert sheet.rows[-1] == [now]
    doubts = [(f.severity, f.cell, kept in f.message_vi) for f in findings if f.code == "text-doubtful"]
    assert doubts == ([("warning", "A4", True)] if kept else [])


def test_no_doubt_is_dropped() -> None:
    old = [encode_tcvn3(text) for text in ("Kế hoạch vốn", "Đường tỉnh lộ", "Cầu thị xã")]
    _, findings = convert_sheet(Sheet("S", [[text] for text in (*old, *(f"{i} µ" for i in range(30)))]))
    doubts = [f for f in findings if f.code == "text-doubtful"]
    said = " ".join([each.cell for each in doubts] + [each.value for each in doubts])
    assert all(re.search(rf"A{row}\b", said) for row in range(4, 34))


def test_rows_keep_their_length_and_other_cells() -> None:
    rows: list[list[object]] = [[encode_tcvn3("Kế hoạch vốn"), 1], [encode_tcvn3("Đường tỉnh lộ")], []]
    before = [list(row) for row in rows]
    sheet, _ = convert_sheet(Sheet("S", rows))
    assert sheet.rows == [["Kế hoạch vốn", 1], ["Đường tỉnh lộ"], []]
    assert rows == before


@pytest.mark.parametrize("encoding", ENCODERS)
def test_a_file_in_an_old_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    encode = ENCODERS[encoding]
    heads = ["Mã dự án", "Tên dự án", "Chủ đầu tư", "Nguồn vốn", "Phân loại", "Kế hoạch vốn năm 2024 (đồng)",
             "Giải ngân từ đầu năm (đồng)"]  # fmt: skip
    row = ["01", "Đường tỉnh lộ", "Sở giao thông", "ngân sách tỉnh", "chuyển tiếp", "5000000", "1000000"]
    path = tmp_path / "kehoach.csv"
    path.write_text("\n".join(";".join(map(encode, cells)) for cells in (heads, row)), encoding="utf-8")
    portfolio = pb.read_csv(path)
    assert portfolio.text("project").tolist() == ["Đường tỉnh lộ"]
    assert portfolio.text("source").tolist() == ["ngân sách tỉnh"]
    assert "text-legacy" in set(portfolio.notes["code"])
