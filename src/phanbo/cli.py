"""The command line: the same core, plain words, exit codes that mean something.

0 done, 1 data, 2 usage, round, calendar, rulebook or policy, 3 infeasible, 4 certificate, 5 stopped, 6 a file
cannot be read or written, 130 interrupted.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from phanbo.cli_input import keep_input, nfc, policy_of, tables_of, unit_name
from phanbo.cli_texts import (
    assessment_text,
    batch_text,
    file_fault,
    findings_text,
    proposal_text,
    say,
    usage_fault,
)

if TYPE_CHECKING:
    from phanbo.portfolio import Portfolio

__all__ = ["main"]

EXIT = {
    "data": 1,
    "calendar": 2,
    "rulebook": 2,
    "rulebook-unavailable": 2,
    "policy": 2,
    "round": 2,
    "infeasible": 3,
    "certificate": 4,
    "cross-check": 4,
    "stopped": 5,
    "phanbo": 6,
}
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
STAGES_VI = {
    "assess": "đánh giá",
    "propose": "lập phương án",
    "solve": "giải bài toán",
    "cross_check": "đối chiếu",
    "verify": "kiểm tra lại",
}


class _Usage(Exception):
    """A command that cannot be understood: what is wrong, and of which command."""


class _Parser(argparse.ArgumentParser):
    """A parser that leaves it to `main` to say what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong, and of which command."""
        raise _Usage(message, self.prog)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never a traceback for what a user can mend."""
    from phanbo.errors import PhanboError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang = _language(given)
    try:
        options = _parser().parse_args(given)
        code: int = options.run(options)
    except _Usage as error:
        print(usage_fault(error.args[0], error.args[1], lang), file=sys.stderr)
        return 2
    except PhanboError as error:
        print(error.message(lang), file=sys.stderr)
        return EXIT.get(error.code, 2)
    except OSError as error:
        print(file_fault(error, lang), file=sys.stderr)
        return 6
    except KeyboardInterrupt:
        print(say("interrupted", lang), file=sys.stderr)
        return 130
    return code


def _language(given: Sequence[str]) -> str:
    """Return the language asked for, before anything else is understood."""
    told = [right for left, right in itertools.pairwise(given) if left == "--lang"]
    return "en" if "--lang=en" in given or "en" in told else "vi"


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="phanbo",
        description="Phương án điều chỉnh kế hoạch vốn đầu tư công: xếp hạng, đúng luật, đã kiểm chứng.",
    )
    parser.add_argument("--lang", choices=("vi", "en"), default="vi", help="ngôn ngữ của thông báo")
    commands = parser.add_subparsers(dest="command", required=True, metavar="LỆNH")

    def command(name: str, run: Callable[[Any], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        sub.add_argument("--lang", choices=("vi", "en"), default=argparse.SUPPRESS, help=argparse.SUPPRESS)
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
    one.add_argument("--cross-check", metavar="BỘ_GIẢI", help="bộ giải thứ hai để đối chiếu, ví dụ COIN_CMD")

    one = command("propose-many", _propose_many, "lập phương án cho từng workbook của một thư mục")
    one.add_argument("file", metavar="THƯ_MỤC", help="mỗi tỉnh một workbook")
    _dated(one)
    one.add_argument("--round", type=int, required=True, help="số đợt trong lịch")
    one.add_argument("--workers", type=int, help="số tiến trình (mặc định: số bộ xử lý)")

    one = command("explain", _explain, "giải thích một dòng vốn từ thư mục hồ sơ")
    one.add_argument("folder", metavar="THƯ_MỤC")
    one.add_argument("line_id", metavar="DÒNG")

    one = command("letters", _letters, "soạn công văn gửi từng chủ đầu tư từ thư mục hồ sơ")
    one.add_argument("folder", metavar="THƯ_MỤC")
    one.add_argument("--out", required=True, metavar="THƯ_MỤC", help="mỗi chủ đầu tư một tệp")

    one = command("verify", _verify, "kiểm tra lại một thư mục hồ sơ")
    one.add_argument("folder", metavar="THƯ_MỤC")

    one = command("audit", _audit, "kiểm toán độc lập một thư mục hồ sơ, chỉ từ các tệp của nó")
    one.add_argument("folder", metavar="THƯ_MỤC")

    one = command("replay", _replay, "lập lại phương án từ thư mục hồ sơ và so từng byte")
    one.add_argument("folder", metavar="THƯ_MỤC")

    one = command("demo", _demo, "chạy ví dụ đi kèm (dữ liệu mô phỏng) từ đầu đến cuối")
    one.add_argument("--out", default="phanbo-demo", metavar="THƯ_MỤC")
    return parser


def _reading(one: argparse.ArgumentParser) -> None:
    one.add_argument("file", metavar="TỆP", help="workbook hoặc thư mục bảng")
    one.add_argument("--sheet", help="tên sheet")
    one.add_argument(
        "--unit", type=unit_name, help="đơn vị tính: đồng, nghìn đồng, triệu đồng, tỷ đồng", metavar="ĐƠN_VỊ"
    )
    one.add_argument("--year", type=int, help="năm kế hoạch")


def _dated(one: argparse.ArgumentParser) -> None:
    one.add_argument("--calendar", required=True, help="lang-son-2024 hoặc tệp TOML")
    one.add_argument("--as-of", required=True, help="ngày số liệu, ví dụ 2024-09-15")
    one.add_argument("--rulebook", default="vn-2020", help="vn-2020 hoặc tệp TOML")
    one.add_argument("--policy", metavar="TỆP.json", help="các lựa chọn của đợt")
    one.add_argument("--out", required=True, metavar="THƯ_MỤC")


def _read_at(options: Any) -> Portfolio:
    """Read the tables, which no output may replace.

    Where their history has figures of the very data date, and they are of another, those are taken.
    """
    keep_input(options)
    portfolio = tables_of(options)
    history = portfolio.history
    if history is None or str(portfolio.dated) == options.as_of or options.as_of not in set(history["date"]):
        return portfolio
    said = (
        "Số liệu giải ngân lấy từ bảng GiaiNgan, ngày"
        if options.lang == "vi"
        else "Disbursement from the history of"
    )
    print(f"{said} {options.as_of}.")
    return portfolio.at(options.as_of)


def _template(options: Any) -> int:
    from phanbo.tables.template import write_template

    print(say("template", options.lang, path=write_template(options.file, year=options.year)))
    return 0


def _check(options: Any) -> int:
    from phanbo.tables.read import check_excel

    keep_input(options)
    found = check_excel(options.file, sheet=options.sheet, unit=options.unit, year=options.year)
    text, errors = findings_text(found, options.lang)
    print(text)
    if options.out:
        from phanbo.report.findings import write_findings

        write_findings(found, options.out, lang=options.lang)
        print(say("written", options.lang, path=options.out))
    return 1 if errors else 0


def _assess(options: Any) -> int:
    from phanbo.pipeline import assess
    from phanbo.proposal.storage import replace_folder

    state = assess(
        _read_at(options),
        calendar=options.calendar,
        as_of=options.as_of,
        policy=policy_of(options),
        round=options.round,
        rulebook=options.rulebook,
    )

    def fill(root: Path) -> None:
        state.to_excel(root / "assessment.xlsx", lang=options.lang)
        (root / "assessment.json").write_text(state.to_json(), encoding="utf-8", newline="\n")

    replace_folder(Path(options.out), fill)
    print(assessment_text(state, options.lang))
    print(say("written", options.lang, path=f"{options.out}/assessment.xlsx"))
    return 0


def _propose(options: Any) -> int:
    from phanbo.pipeline import propose

    proposal = propose(
        _read_at(options),
        calendar=options.calendar,
        round=options.round,
        as_of=options.as_of,
        rulebook=options.rulebook,
        policy=policy_of(options),
        time_limit=options.time_limit,
        progress=_progress(),
        cross_check=options.cross_check,
    )
    proposal.save(options.out)
    print(proposal_text(proposal, options.out, options.lang))
    if options.cross_check is not None:
        print(say("cross-checked", options.lang, solver=options.cross_check))
    return 0


def _propose_many(options: Any) -> int:
    from phanbo.many import Task, propose_many

    keep_input(options)
    files = sorted(path for path in Path(options.file).iterdir() if path.suffix.lower() in WORKBOOKS)
    policy = policy_of(options)
    tasks = [
        Task(
            path.stem,
            path,
            calendar=options.calendar,
            round=options.round,
            as_of=options.as_of,
            rulebook=options.rulebook,
            policy=policy,
        )
        for path in files
        if path.name[0] not in ".~"  # hidden, or the lock of a workbook that is open
    ]
    batch = propose_many(tasks, workers=options.workers, folder=options.out, progress=_progress())
    done, failed = batch_text(batch, options.out, options.lang)
    print(done)
    if failed:
        print(failed, file=sys.stderr)
    return max((EXIT.get(failure["code"], 6) for failure in batch.failures.values()), default=0)


def _progress() -> Callable[[str, int, int], None] | None:
    """Return a one-line progress writer for a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        return None

    def tell(stage: str, done: int, total: int) -> None:
        sys.stderr.write(f"\r{STAGES_VI.get(stage, stage)} {done}/{total}    ")
        sys.stderr.flush()

    return tell


def _explain(options: Any) -> int:
    from phanbo.proposal.storage import load_proposal

    proposal, wanted = load_proposal(options.folder), nfc(options.line_id)
    ids = proposal.frames["lines"]["line_id"].tolist()
    if wanted in ids:
        print(proposal.explain(wanted, lang=options.lang))
        return 0
    close = [line for line in ids if wanted.casefold() in line.casefold()][:5]
    hint = say("close", options.lang, lines="; ".join(close)) if close else ""
    print(say("no-line", options.lang, line=wanted) + hint, file=sys.stderr)
    return 2


def _letters(options: Any) -> int:
    from phanbo.proposal.storage import load_proposal

    letters = load_proposal(options.folder).letters(options.lang)
    letters.save(options.out)
    print(say("letters", options.lang, count=len(letters), folder=options.out))
    return 0


def _verify(options: Any) -> int:
    from phanbo.errors import PhanboError
    from phanbo.proposal.storage import check_manifest, load_proposal

    wrong, proved = check_manifest(options.folder, options.lang), ""
    try:
        certificate = load_proposal(options.folder).verify()
        wrong += certificate.findings
        proved = certificate.proved
    except PhanboError as error:
        wrong.append(error.message(options.lang))
    except OSError as error:
        wrong.append(file_fault(error, options.lang))
    for fault in wrong:
        print(say("wrong", options.lang, what=fault), file=sys.stderr)
    if wrong:
        return 4
    print(say("optimal" if proved == "optimal" else "legal", options.lang))
    return 0


def _audit(options: Any) -> int:
    from phanbo.audit import audit

    found = audit(options.folder)
    print(found.text(), file=sys.stdout if found else sys.stderr)
    return 0 if found else 4


def _replay(options: Any) -> int:
    from phanbo.replay import replay

    differences = replay(options.folder)
    for fault in differences:
        print(say("differs", options.lang, what=fault), file=sys.stderr)
    if differences:
        return 4
    print(say("same", options.lang))
    return 0


def _demo(options: Any) -> int:
    from phanbo.examples import run_year

    folder, lang = Path(options.out), options.lang
    print(say("synthetic", lang))
    for number, proposal in enumerate(run_year(folder, progress=_progress()), start=1):
        print(say("round", lang, number=number, as_of=proposal.meta["as_of"]))
        print(proposal_text(proposal, folder / f"round-{number}", lang))
    return 0


if __name__ == "__main__":
    sys.exit(main())
