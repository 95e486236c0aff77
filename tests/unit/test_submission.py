"""The submission and the letters in Word: their figures, their layout, other forms, and names that would run."""

from __future__ import annotations

import errno
import io
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import phanbo as pb
from phanbo.catalogue import million
from phanbo.errors import PhanboError
from phanbo.examples import load_lang_son
from phanbo.report.submission import letter_docx, submission_docx, write_form
from phanbo.report.submission.bases import documents
from phanbo.report.submission.fields import submission_fields
from phanbo.report.submission.forms import letter_form, submission_form
from phanbo.report.submission.letter_fields import letter_fields
from phanbo.rules.base import Source
from rounds import AS_OF, inflow, lines, proposal

docx = pytest.importorskip("docx", reason="needs phanbo[word]")

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

DOC = Path(__file__).parents[2] / "docs" / "howto" / "submission.md"
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
HOSTILE = "<b>&{{ cut }}{% raw %}\x07 =1+1"


@pytest.fixture(scope="module")
def full() -> Proposal:
    portfolio = load_lang_son().at(AS_OF)
    return pb.propose(portfolio, calendar="lang-son-2024", round=2, as_of=AS_OF)


@pytest.fixture(scope="module")
def written(full: Proposal) -> dict[str, Any]:
    return {lang: docx.Document(io.BytesIO(submission_docx(full, lang))) for lang in ("vi", "en")}


def text_of(document: Any) -> str:
    """Return all that is written, table cells too, in the order of the page."""
    return "\n".join(node.text for node in document.element.body.iter() if node.tag.endswith("}p"))


def rows_of(document: Any, heading: str) -> list[list[str]]:
    """Return the rows below the header of every table with a column of that heading."""
    held = []
    for table in document.tables:
        head = [cell.text for cell in table.rows[0].cells]
        if heading in head:
            held += [[cell.text for cell in row.cells] for row in table.rows[1:]]
    return held


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_its_figures_are_those_of_the_proposal(full: Proposal, written: dict[str, Any], lang: str) -> None:
    text, s = text_of(written[lang]), full.summary
    for name in ("cut", "added", "expected", "expected_after", "unplaced"):
        assert million(s[name], lang) in text
    assert million(s["expected_after"] - s["expected"], lang) in text
    whole = full.assessment.province
    assert million(whole["total_plan"], lang) in text
    assert million(whole["total_disbursed"], lang) in text


@pytest.mark.parametrize(("sign", "heading"), [(-1, "Giảm"), (1, "Tăng")])
def test_every_changed_line_stands_in_its_table(
    full: Proposal, written: dict[str, Any], sign: int, heading: str
) -> None:
    frame = full.adjustments
    mine = frame[frame["change"] * sign > 0]
    rows = [row for row in rows_of(written["vi"], heading) if len(row) == 7]
    assert [row[4] for row in rows] == [million(abs(amount)) for amount in mine["change"]]
    assert [row[5] for row in rows] == [million(amount) for amount in mine["plan_after"]]
    for row, (project, owner, source) in zip(
        rows, mine[["project", "owner", "source"]].itertuples(index=False), strict=True
    ):
        assert row[1] == f"{project} ({owner}; {source})"
        assert row[6].startswith("Đến 15/9/2024 giải ngân ")


def test_its_tables_add_up_by_source(full: Proposal, written: dict[str, Any]) -> None:
    rows = [row for row in rows_of(written["vi"], "Tăng") if len(row) == 5]
    assert rows[-1][3:] == [million(full.summary["cut"]), million(full.summary["added"])]
    assert len(rows) == len(full.summary["by_source"]) + 1


def test_who_decides_is_asked_to(full: Proposal, written: dict[str, Any]) -> None:
    text = text_of(written["vi"])
    for annex in full.by_authority().values():
        moved = million(int(annex.transfers["amount"].sum()))
        assert f"Đề nghị {annex.title()} quyết định việc chuyển {moved} triệu đồng" in text


def test_its_bases_are_of_the_regime_and_say_what_is_unverified(full: Proposal) -> None:
    bases = submission_fields(full, "vi")["bases"]
    assert bases[:2] == [
        "Luật Ngân sách nhà nước 83/2015/QH13 (cần kiểm tra)",
        "Luật Đầu tư công 39/2019/QH14",
    ]
    assert "Nghị quyết 973/2020/UBTVQH14 (cần kiểm tra)" in bases
    assert not any("Điều" in base or "phanbo" in base for base in bases)
    assert len(set(bases)) == len(bases)


@pytest.mark.parametrize(
    ("document", "article", "found"),
    [
        ("Luật A 1/2019", "Điều 1", ["Luật A 1/2019"]),
        ("Luật A; Nghị định B", "Điều 6", ["Luật A", "Nghị định B"]),
        ("Luật A", "Điều 67; Luật C, Điều 7 khoản 1", ["Luật A", "Luật C"]),
        ("Lựa chọn của đợt", "", []),
        ("Dự thảo Chỉ thị D, tháng 02/2024", "mục II", ["Dự thảo Chỉ thị D, tháng 02/2024"]),
    ],
)
def test_documents_are_told_from_articles(document: str, article: str, found: list[str]) -> None:
    assert documents(Source(document, article)) == found


def test_number_date_and_signature_stay_blank(written: dict[str, Any]) -> None:
    text = text_of(written["vi"])
    assert "Số: ………/………" in text
    assert "………, ngày …… tháng …… năm ………" in text
    assert "(Ký, ghi rõ họ tên, đóng dấu)" in text
    assert text.index("Độc lập - Tự do - Hạnh phúc") < text.index("TỜ TRÌNH") < text.index("Nơi nhận:")
    assert "{{" not in text
    assert "{%" not in text


def test_page_and_type_are_those_of_an_official_document(written: dict[str, Any]) -> None:
    section = written["vi"].sections[0]
    margins = ("page_width", "page_height", "top_margin", "bottom_margin", "left_margin", "right_margin")
    assert [round(getattr(section, name).mm) for name in margins] == [210, 297, 20, 20, 30, 15]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml
    style = written["vi"].styles["Normal"].font
    assert (style.name, style.size.pt) == ("Times New Roman", 14)


def test_texts_are_composed_and_in_one_language(written: dict[str, Any]) -> None:
    for lang in ("vi", "en"):
        assert unicodedata.is_normalized("NFC", text_of(written[lang]))
    assert "Kiến nghị" not in text_of(written["en"])
    assert "triệu" not in text_of(written["en"])


def test_the_same_proposal_gives_the_same_bytes(full: Proposal) -> None:
    again = pb.propose(load_lang_son().at(AS_OF), calendar="lang-son-2024", round=2, as_of=AS_OF)
    assert submission_docx(full) == submission_docx(again)
    with zipfile.ZipFile(io.BytesIO(submission_docx(full))) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
    assert re.findall(r"<dcterms:\w+[^>]*>([^<]*)<", core) == ["2024-09-15T00:00:00Z"] * 2
    assert "python-docx" not in core


def test_a_name_is_text(tmp_path: Path) -> None:
    made = proposal(
        lines(project=[f"{HOSTILE}{i}" for i in range(6)], owner=[f"{HOSTILE} Ban {i % 2}" for i in range(6)])
    )
    made.to_word(tmp_path / "a.docx")
    seen = HOSTILE.replace("\x07", "\ufffd")
    assert f"{seen}1" in text_of(docx.Document(tmp_path / "a.docx"))
    for letter in made.letters().values():
        assert seen in text_of(docx.Document(io.BytesIO(letter_docx(letter))))


def own_form(path: Path, *paragraphs: str) -> Path:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(path)
    return path


def test_a_department_may_use_its_own_form(full: Proposal, tmp_path: Path) -> None:
    form = own_form(
        tmp_path / "mau.docx",
        "Giảm {{ cut }}",
        "{%p for row in cuts %}",
        "{{ row.line_id }}",
        "{%p endfor %}",
    )
    full.to_word(tmp_path / "a.docx", template=form)
    said = [p.text for p in docx.Document(tmp_path / "a.docx").paragraphs if p.text]
    frame = full.adjustments
    assert said == [f"Giảm {million(full.summary['cut'])}", *frame.loc[frame["change"] < 0, "line_id"]]


def test_phanbos_own_form_passed_back_gives_the_same_document(full: Proposal, tmp_path: Path) -> None:
    form = write_form(tmp_path / "mau.docx")
    full.to_word(tmp_path / "a.docx", template=form)
    assert (tmp_path / "a.docx").read_bytes() == submission_docx(full)


@pytest.mark.parametrize(
    "text",
    [
        "{{ cuts_total }}",
        "{{ cut",
        "{% for %}",
        "{{ cut.__class__.__mro__ }}",
        "{{ row.x }}",
        "{{ 1 / 0 }}",
        "{{ cut + 1 }}",
        "{{ range(10 ** 7) | list }}",
        "{% include 'a' %}",
    ],
)
def test_a_place_that_cannot_be_filled_is_an_error_and_nothing_is_written(
    full: Proposal, tmp_path: Path, text: str
) -> None:
    form = own_form(tmp_path / "mau.docx", text)
    with pytest.raises(PhanboError, match="The fields are: added, as_of"):
        full.to_word(tmp_path / "a.docx", template=form)
    assert not (tmp_path / "a.docx").exists()


def test_a_form_whose_tags_cross_a_table_is_refused_not_mended(full: Proposal, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "{% for row in cuts %}"
    document.add_paragraph("{% endfor %}")
    document.save(tmp_path / "mau.docx")
    with pytest.raises(PhanboError, match=r"cannot be filled: .*mismatch"):
        full.to_word(tmp_path / "a.docx", template=tmp_path / "mau.docx")


@pytest.mark.parametrize("step", ["pathlib.Path.write_bytes", "os.replace"])
def test_what_stood_there_stays_until_the_new_file_is_complete(
    full: Proposal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    target, letter = tmp_path / "a.docx", next(iter(full.letters().values()))
    target.write_bytes(b"before")

    def refuse(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "open in Word")

    monkeypatch.setattr(step, refuse)
    for write in (full.to_word, letter.to_word, write_form):
        with pytest.raises(PermissionError, match="open in Word"):
            write(target)
    monkeypatch.undo()
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.docx"]


def test_a_form_that_is_no_word_document_is_refused(full: Proposal, tmp_path: Path) -> None:
    (tmp_path / "mau.docx").write_bytes(b"no document")
    with pytest.raises(PhanboError, match="no Word document"):
        full.to_word(tmp_path / "a.docx", template=tmp_path / "mau.docx")
    with zipfile.ZipFile(tmp_path / "zip.docx", "w") as empty:
        empty.writestr("a.txt", "a")
    with pytest.raises(PhanboError, match="no Word document"):
        full.to_word(tmp_path / "a.docx", template=tmp_path / "zip.docx")


@pytest.mark.parametrize("gone", ["docxtpl", "docx", "jinja2"])
def test_a_missing_library_is_named(
    full: Proposal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    """As on a machine without the extra: nothing of it is loaded, nor any form made."""
    for name in [name for name in sys.modules if name.partition(".")[0] in {"docxtpl", "docx", "jinja2"}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, gone, None)
    for form in (submission_form, letter_form):
        form.cache_clear()
    papers = (
        lambda: full.to_word(tmp_path / "a.docx"),
        lambda: full.letters().to_word(tmp_path / "letters"),
        lambda: write_form(tmp_path / "form.docx"),
    )
    for paper in papers:
        with pytest.raises(PhanboError, match=r"phanbo\[word\]"):
            paper()
    assert not list(tmp_path.iterdir())


def test_without_tables_there_is_nothing_to_submit(full: Proposal, tmp_path: Path) -> None:
    with pytest.raises(PhanboError, match="No tables came"):
        pb.Proposal.from_json(full.to_json()).to_word(tmp_path / "a.docx")


def written_by(made: Proposal, lang: str = "vi") -> Any:
    return docx.Document(io.BytesIO(submission_docx(made, lang)))


def test_an_empty_round_says_why_and_shows_no_empty_table() -> None:
    made = proposal(lines(requested_increase=[0] * 6))
    assert made.adjustments.empty
    document = written_by(made)
    text = text_of(document)
    told = submission_fields(made, "vi")["why_empty"]
    assert len(told) == len(made.summary["why_empty"])
    assert all(reason in text for reason in told)
    assert "Không có dòng vốn đối ứng trong cùng bể vốn: 3 dòng vốn" in text
    assert "Không có điều chuyển vốn cần quyết định." in text
    assert f"là {million(made.summary['expected'])} triệu đồng, bằng 61,2% kế hoạch." in text
    for absent in ("tăng từ", "Điều chỉnh giảm 0", "được bổ sung vốn chịu trách nhiệm", "Đề nghị"):
        assert absent not in text
    assert not any(rows_of(document, heading) for heading in ("Giảm", "Tăng"))


@pytest.mark.parametrize(("lang", "said"), [("vi", "triệu đồng dùng để bù hụt thu"), ("en", "a shortfall")])
def test_a_round_that_shrinks_says_where_the_difference_goes(lang: str, said: str) -> None:
    made = proposal(lines(), sources=inflow(-2_000_000_000))
    assert made.summary["cut"] - made.summary["added"] == 2_000_000_000
    text = text_of(written_by(made, lang))
    assert said in text
    assert submission_fields(made, lang)["balance"][0] in text
    assert million(2_000_000_000, lang) in submission_fields(made, lang)["balance"][0]


def test_what_is_returned_is_no_gain(full: Proposal) -> None:
    made = proposal(lines(requested_increase=[0] * 6), policy=pb.Policy(return_unplaced=True))
    s = made.summary
    assert s["returned"] == s["cut"] > 0
    assert s["expected_after"] < s["expected"]
    text = text_of(written_by(made))
    assert f"{million(s['returned'])} triệu đồng thu hồi về dự phòng" in text
    assert f"nếu không điều chỉnh là {million(s['expected'])} triệu đồng" in text
    assert "tăng từ" not in text
    assert "Các dự án điều chỉnh tăng" not in text
    assert "Không có vốn chưa có nơi nhận." in text
    balanced = "Tổng số điều chỉnh tăng bằng tổng số điều chỉnh giảm ở từng nguồn vốn"
    assert balanced not in text
    assert balanced in text_of(written_by(full))


def test_what_an_owner_offers_is_among_the_reasons_of_a_cut(full: Proposal, written: dict[str, Any]) -> None:
    offers = full.adjustments["reason_vi"].str.contains("chủ đầu tư đề nghị giảm")
    assert offers.any()
    cuts = [row for row in rows_of(written["vi"], "Giảm") if len(row) == 7]
    assert sum("chủ đầu tư đề nghị giảm" in row[6] for row in cuts) == int(offers.sum())


def test_letters_in_word_say_what_the_plain_ones_say(full: Proposal, tmp_path: Path) -> None:
    letters = full.letters()
    paths = letters.to_word(tmp_path / "thu")
    assert [path.suffix for path in paths] == [".docx"] * len(letters)
    for path, (owner, letter) in zip(paths, letters.items(), strict=True):
        text = text_of(docx.Document(path))
        assert f"Kính gửi: {owner}" in text
        for entry in letter.entries:
            assert entry.line_id in text
            assert all(sentence.text in text for sentence in entry.sentences)
        assert all(request.text in text for request in letter.requests)
        assert all(f"Căn cứ {base};" in text for base in letter.bases)
        assert text.count("/.\n") == 1


def test_the_page_on_forms_lists_every_field(full: Proposal) -> None:
    page = DOC.read_text(encoding="utf-8")
    first, second = page.split("## Fields of a letter")
    told = set(re.findall(r"`(\w+)`", first.split("## Fields of the submission")[1]))
    fields = submission_fields(full, "vi")
    held = set(fields) | {
        key for value in fields.values() if value and isinstance(value[0], dict) for key in value[0]
    }
    assert told == held
    letter = letter_fields(next(iter(full.letters().values())))
    assert set(re.findall(r"`(\w+)`", second)) == set(letter) | set(letter["entries"][0])


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice on this machine")
def test_libreoffice_opens_it(full: Proposal, tmp_path: Path) -> None:
    full.to_word(tmp_path / "a.docx")
    command = [str(OFFICE), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "a.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=240)  # noqa: S603
    printed = (tmp_path / "a.pdf").read_bytes()
    assert re.search(rb"/MediaBox\s*\[\s*0 0 595\.\d+ 84[12]\.\d+", printed)
