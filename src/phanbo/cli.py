"""The command line: the same core, plain words, exit codes that mean something.

0 done, 1 data, 2 usage, round, calendar, rulebook or policy, 3 infeasible, 4 certificate, 5 stopped, 6 a file
cannot be read or written, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from phanbo.portfolio import Portfolio
    from phanbo.proposal import Proposal

__all__ = ["main"]

EXIT = {
    "data": 1,
    "calendar": 2,
    "rulebook": 2,
    "rulebook-unavailable": 2,
    "policy": 2,
    "round": 2,
    "phanbo": 2,
    "infeasible": 3,
    "certificate": 4,
    "stopped": 5,
}
STAGES_VI = {"assess": "đánh giá", "solve": "giải bài toán", "verify": "kiểm tra lại"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never a traceback for what a user can mend."""
    from phanbo.errors import PhanboError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = _parser().parse_args(arguments)
    lang = options.lang
    try:
        code: int = options.run(options)
    except PhanboError as error:
        print(error.message(lang), file=sys.stderr)
        return EXIT.get(error.code, 2)
    except OSError as error:
        print(_file_fault(error, lang), file=sys.stderr)
        return 6
    except KeyboardInterrupt:
        print(
            "Đã ngắt; không có tệp nào được ghi dở."
            if lang == "vi"
            else "Interrupted; nothing was half written.",
            file=sys.stderr,
        )
        return 130
    return code


def _file_fault(error: OSError, lang: str) -> str:
    name = error.filename or ""
    if lang == "vi":
        why = {
            FileNotFoundError: "không có tệp hoặc thư mục này",
            PermissionError: "không được phép; đóng tệp trong Excel rồi chạy lại",
        }
        return f"Không đọc hoặc ghi được {name}: {why.get(type(error), error.strerror or str(error))}."
    why = {
        FileNotFoundError: "there is no such file or folder",
        PermissionError: "not permitted; close it in Excel and run again",
    }
    return f"Cannot read or write {name}: {why.get(type(error), error.strerror or str(error))}."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="phanbo",
        description="Phương án điều chỉnh kế hoạch vốn đầu tư công: xếp hạng, đúng luật, đã kiểm chứng.",
    )
    parser.add_argument("--lang", choices=("vi", "en"), default="vi", help="ngôn ngữ của thông báo")
    commands = parser.add_subparsers(dest="command", required=True, metavar="LỆNH")

    def command(name: str, run: Callable[[Any], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    one = command("template", _template, "ghi một workbook trống có hướng dẫn")
    one.add_argument("file", metavar="TỆP")
    one.add_argument("--year", type=int, default=2024, help="năm kế hoạch")

    one = command("check", _check, "kiểm tra dữ liệu, liệt kê mọi lỗi")
    _reading(one)
    one.add_argument("--out", metavar="TỆP.xlsx", help="ghi các phát hiện ra workbook")

    one = command("assess", _assess, "đánh giá giải ngân tại một ngày")
    _reading(one)
    _dated(one)
    one.add_argument("--round", type=int, help="đợt có mốc được xét (mặc định: đợt kế tiếp)")

    one = command("propose", _propose, "lập phương án điều chỉnh của một đợt")
    _reading(one)
    _dated(one)
    one.add_argument("--round", type=int, required=True, help="số đợt trong lịch")
    one.add_argument("--time-limit", type=float, help="giây")

    one = command("explain", _explain, "giải thích một dòng vốn từ thư mục hồ sơ")
    one.add_argument("folder", metavar="THƯ_MỤC")
    one.add_argument("line_id", metavar="DÒNG")

    one = command("verify", _verify, "kiểm tra lại một thư mục hồ sơ")
    one.add_argument("folder", metavar="THƯ_MỤC")

    one = command("replay", _replay, "lập lại phương án từ thư mục hồ sơ và so từng byte")
    one.add_argument("folder", metavar="THƯ_MỤC")

    one = command("demo", _demo, "chạy ví dụ đi kèm (dữ liệu mô phỏng) từ đầu đến cuối")
    one.add_argument("--out", default="phanbo-demo", metavar="THƯ_MỤC")
    return parser


def _reading(one: argparse.ArgumentParser) -> None:
    one.add_argument("file", metavar="TỆP", help="workbook hoặc thư mục bảng")
    one.add_argument("--sheet", help="tên sheet")
    one.add_argument("--unit", help="đơn vị tính: đồng, nghìn đồng, triệu đồng, tỷ đồng")
    one.add_argument("--year", type=int, help="năm kế hoạch")


def _dated(one: argparse.ArgumentParser) -> None:
    one.add_argument("--calendar", required=True, help="lang-son-2024 hoặc tệp TOML")
    one.add_argument("--as-of", required=True, help="ngày số liệu, ví dụ 2024-09-15")
    one.add_argument("--rulebook", default="vn-2020", help="vn-2020 hoặc tệp TOML")
    one.add_argument("--policy", metavar="TỆP.json", help="các lựa chọn của đợt")
    one.add_argument("--out", required=True, metavar="THƯ_MỤC")


def _read(options: Any) -> Portfolio:
    from phanbo.tables.read import read_csv, read_excel, read_parquet

    path = Path(options.file)
    if not path.exists():
        raise FileNotFoundError(2, "", str(path))
    plain = {"unit": options.unit, "year": options.year}
    if path.is_dir() or path.suffix.lower() == ".csv":
        parquet = path.is_dir() and any(path.glob("*.parquet"))
        return read_parquet(path, **plain) if parquet else read_csv(path, **plain)
    if path.suffix.lower() == ".parquet":
        return read_parquet(path, **plain)
    return read_excel(path, sheet=options.sheet, **plain)


def _policy(options: Any) -> Any:
    from phanbo.errors import PolicyError
    from phanbo.policy import Policy

    if options.policy is None:
        return Policy()
    try:
        return Policy.from_dict(json.loads(Path(options.policy).read_text(encoding="utf-8")))
    except (ValueError, TypeError, AttributeError) as error:
        raise PolicyError(
            f"Tệp chính sách không đọc được: {error}.",
            f"The policy file cannot be read: {error}.",
            {"reason": str(error)},
        ) from error


def _template(options: Any) -> int:
    from phanbo.tables.template import write_template

    path = write_template(options.file, year=options.year)
    print(f"Đã ghi {path}. Điền sheet KeHoachVon rồi chạy: phanbo check {path}")
    return 0


def _check(options: Any) -> int:
    from phanbo.tables.read import check_excel

    found = check_excel(options.file, sheet=options.sheet, unit=options.unit, year=options.year)
    errors = _print_findings(found, options.lang)
    if options.out:
        from phanbo.report.findings import write_findings

        write_findings(found, options.out, lang=options.lang)
        print(f"Đã ghi {options.out}")
    return 1 if errors else 0


def _print_findings(found: pd.DataFrame, lang: str) -> int:
    from phanbo.errors import Finding

    words = {"error": "LỖI", "warning": "CẢNH BÁO", "note": "ghi chú"} if lang == "vi" else {}
    for record in found.to_dict("records"):
        plain = {str(name): (None if value != value else value) for name, value in record.items()}  # noqa: PLR0124 — NaN
        row = plain.pop("row", None)
        finding = Finding(
            row=None if row is None else int(row), **{name: str(value or "") for name, value in plain.items()}
        )
        print(f"{words.get(finding.severity, finding.severity)} {finding.line(lang)}")
    counts = {
        severity: int((found["severity"] == severity).sum()) for severity in ("error", "warning", "note")
    }
    said = (
        f"{counts['error']} lỗi, {counts['warning']} cảnh báo, {counts['note']} ghi chú."
        if lang == "vi"
        else f"{counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes."
    )
    print(said)
    return counts["error"]


def _assess(options: Any) -> int:
    from phanbo.pipeline import assess
    from phanbo.storage import replace_folder

    state = assess(
        _read(options),
        calendar=options.calendar,
        as_of=options.as_of,
        policy=_policy(options),
        round=options.round,
        rulebook=options.rulebook,
    )

    def fill(root: Path) -> None:
        state.to_excel(root / "assessment.xlsx", lang=options.lang)
        (root / "assessment.json").write_text(state.to_json(), encoding="utf-8", newline="\n")

    replace_folder(Path(options.out), fill)
    totals = state.province
    from phanbo.money import format_million, format_share

    share = format_share(totals["disbursed"], totals["plan"], options.lang)
    paid, plan = format_million(totals["disbursed"]), format_million(totals["plan"])
    print(f"Đến {state.as_of}: giải ngân {paid} / {plan} triệu đồng ({share}).")
    print(f"Đã ghi {options.out}/assessment.xlsx")
    return 0


def _propose(options: Any) -> int:
    from phanbo.pipeline import propose

    proposal = propose(
        _read(options),
        calendar=options.calendar,
        round=options.round,
        as_of=options.as_of,
        rulebook=options.rulebook,
        policy=_policy(options),
        time_limit=options.time_limit,
        progress=_progress(),
    )
    proposal.save(options.out)
    _say(proposal, options.out, options.lang)
    return 0


def _progress() -> Callable[[str, int, int], None] | None:
    """Return a one-line progress writer for a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        return None

    def tell(stage: str, done: int, total: int) -> None:
        sys.stderr.write(f"\r{STAGES_VI.get(stage, stage)} {done}/{total}    ")
        sys.stderr.flush()

    return tell


def _say(proposal: Proposal, folder: str | Path, lang: str) -> None:
    from phanbo.money import format_million

    s = proposal.summary
    if s["conditional"]:
        print(
            "Chưa kiểm tra: "
            + "; ".join(f"{u['rule']} (thiếu cột {u['column']}, {u['lines']} dòng)" for u in s["unchecked"])
        )
    for warning in s["warnings"]:
        print("Cảnh báo: " + warning)
    if s["cut_lines"] or s["raised_lines"]:
        print(
            f"Giảm {s['cut_lines']} dòng {format_million(s['cut'], lang)} triệu đồng; tăng {s['raised_lines']} dòng "
            f"{format_million(s['added'], lang)} triệu đồng; chưa có nơi nhận {format_million(s['unplaced'], lang)} triệu đồng."
        )
    else:
        print(
            "Không có dòng vốn nào được điều chỉnh: "
            + ", ".join(f"{k} {v}" for k, v in s["why_empty"].items())
        )
    print(f"Phương án đã kiểm chứng: {folder}/proposal.xlsx")


def _explain(options: Any) -> int:
    from phanbo.storage import load_proposal

    proposal = load_proposal(options.folder)
    try:
        print(proposal.explain(options.line_id, lang=options.lang))
    except KeyError:
        close = [
            line for line in proposal.frames["lines"]["line_id"] if options.line_id.lower() in line.lower()
        ][:5]
        hint = f" Gần giống: {'; '.join(close)}." if close else ""
        print(f"Không có dòng vốn “{options.line_id}” trong hồ sơ.{hint}", file=sys.stderr)
        return 2
    return 0


def _verify(options: Any) -> int:
    from phanbo.errors import DataError, PhanboError
    from phanbo.storage import check_manifest, load_proposal

    wrong = check_manifest(options.folder)
    try:
        certificate = load_proposal(options.folder).verify()
        wrong += list(certificate.findings)
        proved = certificate.proved
    except (DataError, PhanboError) as error:
        wrong.append(error.message("en"))
        proved = ""
    for fault in wrong:
        print(f"KHÔNG ĐÚNG: {fault}", file=sys.stderr)
    if wrong:
        return 4
    print("Chứng chỉ đúng: " + ("tối ưu và hợp lệ." if proved == "optimal" else "hợp lệ."))
    return 0


def _replay(options: Any) -> int:
    from phanbo.replay import replay

    differences = replay(options.folder)
    for fault in differences:
        print(f"KHÁC: {fault}", file=sys.stderr)
    if differences:
        return 4
    print("Lập lại giống từng byte.")
    return 0


def _demo(options: Any) -> int:
    from phanbo.examples import run_year

    folder = Path(options.out)
    print("Ví dụ tỉnh Lạng Sơn, năm kế hoạch 2024: DỮ LIỆU MÔ PHỎNG, không phải số liệu thật.")
    for number, proposal in enumerate(run_year(folder, progress=_progress()), start=1):
        print(f"\nĐợt {number}, số liệu đến {proposal.meta['as_of']}:")
        _say(proposal, folder / f"round-{number}", options.lang)
    return 0


if __name__ == "__main__":
    sys.exit(main())
