"""The collector of cycles rests while a file is read, and runs again after, whoever ends last and however."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import pytest

import phanbo as pb
from phanbo.tables.pause import collection_paused

if TYPE_CHECKING:
    from pathlib import Path


def test_it_rests_and_runs_again() -> None:
    with collection_paused(), collection_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_after_a_refusal_too(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"no workbook")
    with pytest.raises(pb.DataError):
        pb.read_excel(path)
    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    try:
        with collection_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_one_who_ends_first_leaves_it_off_for_the_other() -> None:
    begun, ended = threading.Event(), threading.Event()

    def read() -> None:
        with collection_paused():
            begun.set()
            assert ended.wait(5)

    other = threading.Thread(target=read)
    other.start()
    assert begun.wait(5)
    with collection_paused():
        pass
    assert not gc.isenabled()
    ended.set()
    other.join()
    assert gc.isenabled()
