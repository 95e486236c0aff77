"""How a topic declares its commands, and the arguments that several of them share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from phanbo.cli.input import unit_name

__all__ = ["Commands", "dated", "reading", "reading_forms", "treasury"]


class Commands:
    """The commands under a parser; each knows the function that runs it and the language it answers in."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._known = parser.add_subparsers(dest="command", required=True, metavar="LỆNH")

    def add(self, name: str, run: Callable[[Any], int], text: str) -> argparse.ArgumentParser:
        """Add a command; its parser takes the arguments of its own."""
        one = self._named(name, text)
        one.set_defaults(run=run)
        return one

    def group(self, name: str, text: str) -> Commands:
        """Add a word that has commands of its own, as in ``phanbo calendar check``."""
        return Commands(self._named(name, text))

    def _named(self, name: str, text: str) -> argparse.ArgumentParser:
        one = self._known.add_parser(name, help=text, description=text)
        one.add_argument("--lang", choices=("vi", "en"), default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        return one


def reading(one: argparse.ArgumentParser) -> None:
    """Add the arguments that tell what tables to read and how."""
    one.add_argument("file", metavar="TỆP", help="workbook hoặc thư mục bảng")
    _how(one)


def reading_forms(one: argparse.ArgumentParser) -> None:
    """Add the arguments of `reading`, or a folder of the owners' returned forms in the place of the file."""
    either = one.add_mutually_exclusive_group(required=True)
    either.add_argument("file", metavar="TỆP", nargs="?", help="workbook hoặc thư mục bảng")
    either.add_argument(
        "--forms", metavar="THƯ_MỤC", help="thư mục biểu các chủ đầu tư gửi về, mỗi biểu một tệp"
    )
    one.add_argument(
        "--expected",
        metavar="TỆP|TÊN;TÊN",
        help="với --forms: chủ đầu tư phải gửi biểu, tệp có cột “Chủ đầu tư” hoặc các tên cách nhau bằng “;”",
    )
    _how(one)


def _how(one: argparse.ArgumentParser) -> None:
    one.add_argument("--sheet", help="tên sheet")
    one.add_argument(
        "--unit", type=unit_name, help="đơn vị tính: đồng, nghìn đồng, triệu đồng, tỷ đồng", metavar="ĐƠN_VỊ"
    )
    one.add_argument("--year", type=int, help="năm kế hoạch")


def treasury(one: argparse.ArgumentParser) -> None:
    """Add the arguments that bring the Treasury's figures in."""
    one.add_argument("--treasury", metavar="TỆP", help="số liệu Kho bạc; thay số giải ngân của bảng")
    one.add_argument("--review", metavar="TỆP.xlsx", help="phiếu đối chiếu đã đánh dấu (phanbo match)")
    one.add_argument(
        "--prefer",
        choices=("treasury", "owner"),
        default="treasury",
        help="dùng số của ai khi hai bên khác nhau",
    )


def dated(one: argparse.ArgumentParser) -> None:
    """Add the arguments of a round: calendar, data date, law, choices, and where its output goes."""
    one.add_argument("--calendar", required=True, help="lang-son-2024 hoặc tệp TOML")
    one.add_argument("--as-of", required=True, help="ngày số liệu, ví dụ 2024-09-15")
    one.add_argument("--rulebook", help="vn-2020, vn-2025b … hoặc tệp TOML (mặc định: luật của ngày số liệu)")
    one.add_argument("--policy", metavar="TỆP.json", help="các lựa chọn của đợt")
    one.add_argument("--out", required=True, metavar="THƯ_MỤC")
