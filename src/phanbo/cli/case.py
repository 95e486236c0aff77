"""Commands on a case folder (*thư mục hồ sơ*): explain it, write its papers, check it in three ways."""

from __future__ import annotations

import sys
from typing import Any

from phanbo.cli.commands import Commands
from phanbo.cli.input import nfc
from phanbo.cli.texts import file_fault, say

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Declare ``explain``, ``letters``, ``submission``, ``form``, ``verify``, ``audit`` and ``replay``."""
    one = commands.add("explain", _explain, "giải thích một dòng vốn từ thư mục hồ sơ")
    one.add_argument("folder", metavar="THƯ_MỤC")
    one.add_argument("line_id", metavar="DÒNG")

    one = commands.add("letters", _letters, "soạn công văn gửi từng chủ đầu tư từ thư mục hồ sơ")
    one.add_argument("folder", metavar="THƯ_MỤC")
    one.add_argument("--out", required=True, metavar="THƯ_MỤC", help="mỗi chủ đầu tư một tệp")
    one.add_argument("--word", action="store_true", help="công văn dạng Word, không phải văn bản thuần")
    one.add_argument("--template", metavar="MẪU.docx", help="mẫu Word của đơn vị; hàm ý --word")

    one = commands.add("submission", _submission, "soạn tờ trình dạng Word từ thư mục hồ sơ")
    one.add_argument("folder", metavar="THƯ_MỤC")
    one.add_argument("--out", required=True, metavar="TỆP.docx")
    one.add_argument("--template", metavar="MẪU.docx", help="mẫu Word của đơn vị")

    one = commands.add("form", _form, "ghi mẫu Word của phanbo để sửa thành mẫu của đơn vị")
    one.add_argument("file", metavar="TỆP.docx")
    one.add_argument("--letter", action="store_true", help="mẫu công văn gửi chủ đầu tư, không phải tờ trình")

    for name, run, text in (
        ("verify", _verify, "kiểm tra lại một thư mục hồ sơ"),
        ("audit", _audit, "kiểm toán độc lập một thư mục hồ sơ, chỉ từ các tệp của nó"),
        ("replay", _replay, "lập lại phương án từ thư mục hồ sơ và so từng byte"),
    ):
        commands.add(name, run, text).add_argument("folder", metavar="THƯ_MỤC")


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
    if options.word or options.template:
        letters.to_word(options.out, options.template)
    else:
        letters.save(options.out)
    print(say("letters", options.lang, count=len(letters), folder=options.out))
    return 0


def _submission(options: Any) -> int:
    from phanbo.proposal.storage import load_proposal

    load_proposal(options.folder).to_word(options.out, options.lang, options.template)
    print(say("written", options.lang, path=options.out))
    return 0


def _form(options: Any) -> int:
    from phanbo.report.submission import write_form

    kind = "letter" if options.letter else "submission"
    print(say("written", options.lang, path=write_form(options.file, options.lang, kind)))
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
