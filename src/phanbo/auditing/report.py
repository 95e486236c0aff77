"""What an audit of a case folder says: its verdict, its findings and its sentences in two languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phanbo.case_file import check_manifest
from phanbo.errors import PhanboError

if TYPE_CHECKING:
    from phanbo.auditing.folder import StoredRound

__all__ = ["Audit", "Said", "report", "sentence"]

Said = tuple[str, dict[str, Any]]
"""A finding or a note: its sentence in `SENTENCES`, and what stands in it."""

NOTES = ("added", "own", "calendar", "held", "part", "marked", "left")
"""What is worth knowing and no fault."""

SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("thiếu tệp {name}", "{name} is missing"),
    "unreadable": ("hồ sơ thiếu hoặc sai mục ({why})", "an entry is missing or wrong ({why})"),
    "tables": (
        "bảng trong input/ không phải bảng đã lập phương án",
        "the tables of input/ are not those the proposal was made from",
    ),
    "round": (
        "đợt không phải là đợt mang số đó trong lịch",
        "the round is not the calendar's of that number",
    ),
    "rules": (
        "danh sách quy định không đúng với rulebook.toml: {codes}",
        "the list of rules is not that of rulebook.toml: {codes}",
    ),
    "switched": (
        "bộ quy định {book} mà phanbo phát hành đã bị bỏ hoặc sửa: {codes}",
        "the rulebook {book} that phanbo ships was cut or changed: {codes}",
    ),
    "added": ("quy định thêm vào bộ {book}: {codes}", "rules added to {book}: {codes}"),
    "own": (
        "bộ quy định riêng “{book}”; không có các quy định sẵn có: {codes}",
        "a rulebook of one's own, {book!r}; built-in rules it leaves out: {codes}",
    ),
    "calendar": (
        "lịch {calendar} không phải bản phanbo phát hành",
        "calendar {calendar} is not the one phanbo ships",
    ),
    "held": (
        "giữ nguyên theo mức tối thiểu min_move, lấy như đã lưu (phanbo replay tính lại): {lines}",
        "held for min_move, taken as stored (phanbo replay finds them anew): {lines}",
    ),
    "unheld": (
        "giữ nguyên các dòng mà chính sách không đòi hỏi: {lines}",
        "lines are held that the policy holds for nothing: {lines}",
    ),
    "figure": (
        "{where}, cột {column}: ghi {found}, đúng là {wanted}",
        "{where}, {column}: {found} is written, it is {wanted}",
    ),
    "changed": (
        "các dòng điều chỉnh không đúng là các dòng có thay đổi, mỗi dòng một lần",
        "the adjustments are not the changed lines, each once",
    ),
    "transfer": (
        "lần chuyển {row}: sai số tiền, hạng, bể vốn, hoặc đưa vốn vào chủ đầu tư không được nhận",
        "transfer {row}: its amount, rank or pool is wrong, or its owner may not import",
    ),
    "lines": (
        "dòng {line}: các lần chuyển không cộng thành thay đổi của dòng",
        "line {line}: its transfers do not add up",
    ),
    "balance": (
        "bể vốn {pool} không cân: lệch {off} đồng",
        "pool {pool} does not balance: {off} đồng off",
    ),
    "plan": ("dòng {line}: thay đổi không hợp lệ", "line {line}: its change is no legal one"),
    "rule": (
        "dòng {line} vi phạm quy định {rule}, quá {excess} đồng",
        "line {line} breaks {rule} by {excess} đồng",
    ),
    "pin": (
        "dòng {line}: thay đổi được yêu cầu chưa thực hiện",
        "line {line}: the change asked for is not made",
    ),
    "beyond": ("dòng {line}: thay đổi vượt giới hạn của nó", "line {line}: its change is beyond its bound"),
    "duty": (
        "bể vốn {pool} hụt thu: giảm quá mức phải giảm",
        "pool {pool}: cut deeper than the shortfall asks",
    ),
    "illegal": ("dòng {line}: giới hạn {side} trái quy định", "line {line}: its {side} bound is illegal"),
    "short": (
        "dòng {line}: giới hạn {side} không phải mức lớn nhất được phép",
        "line {line}: its {side} bound is not the largest legal one",
    ),
    "closed": (
        "chủ đầu tư {owner} ghi là không được nhận nhưng được nhận",
        "owner {owner} is said not to import, but may",
    ),
    "fact": ("dữ kiện {name} lưu kèm không đúng với bảng", "the stored {name} is not that of the tables"),
    "row": (
        "ràng buộc {key} không suy ra từ quy định {rule}",
        "row {key} does not follow from rule {rule}",
    ),
    "program": ("phương án ra ngoài bài toán tại {where}", "the plan leaves the program at {where}"),
    "order": ("thứ tự mục tiêu là {found}, phải là {wanted}", "the tiers are {found}, not {wanted}"),
    "duals": ("mục tiêu {tier}: giá đối ngẫu không dùng được", "tier {tier}: its duals cannot be used"),
    "value": (
        "mục tiêu {tier}: giá trị là {found}, không phải {wanted}",
        "tier {tier}: its value is {found}, not {wanted}",
    ),
    "gap": (
        "mục tiêu {tier}: chưa chứng minh là tốt nhất, còn cách {gap}",
        "tier {tier}: not proved to be the best, a gap of {gap}",
    ),
    "excuse": (
        "không có gì trong đợt này miễn chứng minh tối ưu",
        "nothing in this round excuses a proof of optimality",
    ),
    "part": (
        "chỉ là phần đầu của một phương án: kiểm tra hợp lệ, không kiểm tra tối ưu",
        "a prefix of a proposal: checked for legality, not for optimality",
    ),
    "marked": (
        "bài toán có thành phần không phải mạng: kiểm tra hợp lệ, không kiểm tra tối ưu",
        "a component is no network: checked for legality, not for optimality",
    ),
    "left": (
        "không kiểm tra ở đây mà ở phanbo verify, phanbo replay: dự báo (lấy như đã lưu), lời giải thích, vốn chưa có nơi nhận",
        "left to phanbo verify and replay: the forecast (taken as stored), explanations, what is unplaced",
    ),
}
VERDICT = {
    "optimal": ("ĐÚNG: hợp lệ, và không có phương án nào tốt hơn.", "RIGHT: legal, and nothing better is."),
    "legal": ("ĐÚNG: hợp lệ (không xét tối ưu).", "RIGHT: legal (optimality is not claimed)."),
    "": ("KHÔNG ĐÚNG.", "WRONG."),
}


def sentence(code: str, **values: object) -> tuple[str, str]:
    """Return one sentence in Vietnamese and English.

    Examples
    --------
    >>> sentence("missing", name="policy.json")
    ('thiếu tệp policy.json', 'policy.json is missing')
    """
    vi, en = SENTENCES[code]
    return vi.format(**values), en.format(**values)


@dataclass(frozen=True)
class Audit:
    """What an audit of a case folder found.

    Attributes
    ----------
    findings : tuple of (str, str)
        What does not hold, in Vietnamese and English; empty when `ok`.
    notes : tuple of (str, str)
        What is worth knowing: rules added or left out, what is not checked.
    proved : str
        ``"optimal"``, ``"legal"`` (prefixes and components that are no network), or ``""`` where it is not `ok`.
    """

    findings: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]
    proved: str

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.findings

    def __bool__(self) -> bool:
        return self.ok

    def text(self, lang: str = "vi") -> str:
        """Return the findings, the notes and the verdict, one a line."""
        column = 0 if lang == "vi" else 1
        marks = (("SAI: ", "WRONG: "), ("Ghi chú: ", "Note: "))
        said = [
            mark[column] + pair[column]
            for mark, pairs in zip(marks, (self.findings, self.notes), strict=True)
            for pair in pairs
        ]
        return "\n".join([*said, VERDICT[self.proved][column]])

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as plain values."""
        pairs = {
            name: [{"vi": vi, "en": en} for vi, en in getattr(self, name)] for name in ("findings", "notes")
        }
        return {"ok": self.ok, "proved": self.proved, **pairs}


def report(
    folder: str | Path,
    opened: Callable[[], StoredRound],
    checks: tuple[Callable[[StoredRound], Iterator[Said]], ...],
) -> Audit:
    """Return what some checks find in a case folder; files that cannot be read are a finding too."""
    faults: list[tuple[str, str]] = []
    said: list[Said] = []
    try:
        faults += zip(*(check_manifest(folder, lang) for lang in ("vi", "en")), strict=True)
        stored = opened()
        for check in checks:
            said += check(stored)
    except PhanboError as error:
        faults.append((error.message("vi"), error.message("en")))
    except OSError as error:
        said.append(("missing", {"name": error.filename}))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
        said.append(("unreadable", {"why": repr(error)}))
    faults += [sentence(code, **values) for code, values in said if code not in NOTES]
    notes = [sentence(code, **values) for code, values in said if code in NOTES]
    legal_only = any(code in ("part", "marked") for code, _ in said)
    proved = "" if faults else "legal" if legal_only else "optimal"
    return Audit(tuple(faults), (*notes, sentence("left")), proved)
