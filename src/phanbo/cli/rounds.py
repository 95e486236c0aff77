"""Commands that hold a round: assess, propose, propose for many, and the shipped example."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phanbo import catalogue
from phanbo.cli.commands import Commands, dated, reading_forms, treasury
from phanbo.cli.exits import exit_code
from phanbo.cli.input import keep_input, policy_of, tables_of
from phanbo.cli.texts import assessment_text, batch_text, proposal_text, say

if TYPE_CHECKING:
    from phanbo.portfolio import Portfolio

__all__ = ["add"]

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def add(commands: Commands) -> None:
    """Declare ``assess``, ``propose``, ``propose-many`` and ``demo``."""
    one = commands.add("assess", _assess, "đánh giá giải ngân tại một ngày")
    reading_forms(one)
    treasury(one)
    dated(one)
    one.add_argument("--round", type=int, help="đợt có mốc được xét (mặc định: đợt kế tiếp)")

    one = commands.add("propose", _propose, "lập phương án điều chỉnh của một đợt")
    reading_forms(one)
    treasury(one)
    dated(one)
    one.add_argument("--round", type=int, required=True, help="số đợt trong lịch")
    one.add_argument("--time-limit", type=float, help="giây")
    one.add_argument("--cross-check", metavar="BỘ_GIẢI", help="bộ giải thứ hai để đối chiếu, ví dụ COIN_CMD")

    one = commands.add("propose-many", _propose_many, "lập phương án cho từng workbook của một thư mục")
    one.add_argument("file", metavar="THƯ_MỤC", help="mỗi tỉnh một workbook")
    dated(one)
    one.add_argument("--round", type=int, required=True, help="số đợt trong lịch")
    one.add_argument("--workers", type=int, help="số tiến trình (mặc định: số bộ xử lý)")

    one = commands.add("demo", _demo, "chạy ví dụ đi kèm (dữ liệu mô phỏng) từ đầu đến cuối")
    one.add_argument("--out", default="phanbo-demo", metavar="THƯ_MỤC")
    one.add_argument("--year", type=int, choices=(2024, 2026), default=2024, help="năm kế hoạch của ví dụ")


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
    return max((exit_code(failure["code"], 6) for failure in batch.failures.values()), default=0)


def _progress() -> Callable[[str, int, int], None] | None:
    """Return a one-line progress writer for a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        return None

    def tell(stage: str, done: int, total: int) -> None:
        sys.stderr.write(f"\r{catalogue.stage(stage)} {done}/{total}    ")
        sys.stderr.flush()

    return tell


def _demo(options: Any) -> int:
    from phanbo.calendar_file import load_calendar
    from phanbo.examples import YEARS, run_year

    folder, lang = Path(options.out), options.lang
    calendar = load_calendar(YEARS[options.year].calendar)
    print(say("synthetic", lang, title=calendar.title_vi if lang == "vi" else calendar.title_en))
    proposals = run_year(folder, progress=_progress(), year=options.year)
    for number, proposal in enumerate(proposals, start=1):
        print(say("round", lang, number=number, as_of=proposal.meta["as_of"]))
        print(proposal_text(proposal, folder / f"round-{number}", lang))
    return 0
