"""A form filled in: fields are text and never run, and the same fields give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from importlib import import_module
from typing import TYPE_CHECKING, Any

from phanbo.errors import PhanboError
from phanbo.words import cell_text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["filled", "need_word", "packed"]

UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no place for."""
FIRST = (1980, 1, 1, 0, 0, 0)
"""The date a zipped file has when it has none."""


def need_word() -> None:
    """Raise `PhanboError` where what writes Word documents is not installed."""
    try:
        import_module("docxtpl")
    except ImportError as error:
        raise PhanboError(
            'Ghi tệp Word cần thư viện docxtpl; cài bằng: pip install "phanbo[word]".',
            'Word documents need docxtpl; install it: pip install "phanbo[word]".',
        ) from error


def filled(form: bytes, fields: Mapping[str, Any], on: dt.date) -> bytes:
    """Return a form (.docx) with its fields filled in; *on* stands as the date it was made.

    Raises
    ------
    PhanboError
        When *form* is no Word document, its tags cannot be read, or it asks for a field that does not exist.
    """
    need_word()
    import jinja2
    from docxtpl import DocxTemplate
    from jinja2.sandbox import SandboxedEnvironment

    try:
        document = DocxTemplate(io.BytesIO(form))
        document.init_docx()
        # a form may come from anywhere: it may show fields, not run code
        sandbox = SandboxedEnvironment(autoescape=True, undefined=jinja2.StrictUndefined)
        _fill(document, _texts(fields), sandbox)
        properties = document.docx.core_properties
        properties.created = properties.modified = dt.datetime(on.year, on.month, on.day)  # noqa: DTZ001
        properties.author = properties.last_modified_by = properties.comments = ""
        properties.title = str(fields["subject"])
        out = io.BytesIO()
        document.save(out)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise PhanboError(
            f"Mẫu không phải tệp Word (.docx) đọc được: {error}.",
            f"The template is no Word document (.docx): {error}.",
        ) from error
    except _Unfit as error:
        names = ", ".join(sorted(fields))
        raise PhanboError(
            f"Mẫu Word có chỗ không điền được: {error}. Các trường có: {names}.",
            f"The template has a place that cannot be filled: {error}. The fields are: {names}.",
            {"fields": sorted(fields)},
        ) from error
    return packed(out.getvalue())


class _Unfit(Exception):
    """A form asks for what cannot be done."""


def _fill(document: Any, texts: Any, sandbox: Any) -> None:
    from docx.oxml import parse_xml

    try:
        # docxtpl mends what is not well formed by leaving parts out: a paper that lacks a table and does not say so
        parse_xml(document.build_xml(texts, sandbox))
        document.render(texts, sandbox)
    except Exception as error:  # whatever an expression of the form may raise
        raise _Unfit(str(error).rstrip(".")) from error


def packed(document: bytes) -> bytes:
    """Return a document packed anew, without the time of day it was packed at."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, FIRST)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            made.writestr(entry, given.read(name))
    return out.getvalue()


def _texts(value: Any) -> Any:
    """Return fields with every text fit for a document."""
    if isinstance(value, str):
        return UNFIT.sub("\ufffd", cell_text(value))
    if isinstance(value, dict):
        return {key: _texts(each) for key, each in value.items()}
    return [_texts(each) for each in value] if isinstance(value, list | tuple) else value
