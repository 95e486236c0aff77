"""Vectors of integers compared field by field, packed into as few 64-bit words as hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from phanbo.money import Bools, Ints

__all__ = ["Layout", "by_group", "largest_of", "packed", "running_before", "sort_fields"]

WORD = 62
"""Bits of a word in use: sums of two words must not overflow."""


def running_before(group: Ints, amount: Ints) -> Ints:
    """Return the sum of the amounts before each entry within its group; equal groups stand together."""
    if not group.size:
        return amount
    before: Ints = np.cumsum(amount) - amount
    new = np.ones(group.size, dtype=bool)
    new[1:] = group[1:] != group[:-1]
    first = np.flatnonzero(new)
    return before - np.repeat(before[first], np.diff(np.append(first, group.size)))


def by_group(order: Ints, group: Ints) -> Ints:
    """Return an order rearranged by group, within a group as it was."""
    number = group[order]
    # Small numbers are sorted by counting.
    small = number.size == 0 or (int(number.min()) >= 0 and int(number.max()) < 1 << 16)
    return order[np.argsort(number.astype(np.uint16) if small else number, kind="stable")]


def sort_fields(fields: Sequence[Ints], place: Ints) -> tuple[Ints, Bools]:
    """Sort by some fields, the first one counting most, then by *place*; no two entries may agree in all of them.

    Returns
    -------
    order : int64 array of shape (n,)
    ties : bool array of shape (n − 1,)
        Where an entry of the order agrees with the next one in every field, whatever their places.
    """
    kept = [field for field in fields if field.size and field.min() < field.max()]
    words: list[Ints] = []
    room = 0
    for field in [*kept, place]:
        low = int(field.min()) if field.size else 0
        bits = (int(field.max()) - low).bit_length() if field.size else 0
        if not words or bits > room:
            words.append(field - low)
            room = WORD - bits
        else:
            words[-1] = (words[-1] << bits) | (field - low)
            room -= bits
    spread = int(np.ptp(place)).bit_length() if place.size else 0
    # Stable: what comes nearly in order is sorted in little more than one pass.
    order = np.argsort(words[0], kind="stable") if len(words) == 1 else np.lexsort(words[::-1])
    ties = np.ones(max(0, order.size - 1), dtype=bool)
    for k, word in enumerate(words):
        seen = (word >> spread if k == len(words) - 1 else word)[order]
        ties &= seen[1:] == seen[:-1]
    return order.astype(np.int64), ties


@dataclass(frozen=True)
class Layout:
    """How fields of either sign share words: each word is a list of (field, shift, bits), the first counting most.

    Words are compared, and can be unpacked, as the vectors they hold while no field outgrows its bits.
    """

    words: tuple[tuple[tuple[int, int, int], ...], ...]

    @classmethod
    def of(cls, largest: Sequence[int], terms: int, word: int = WORD) -> Layout:
        """Lay out fields of these largest sizes for sums of some terms; fields that are always 0 are left out."""
        words: list[list[tuple[int, int]]] = []
        room = 0
        for field, size in enumerate(largest):
            if not size:
                continue
            bits = (size * terms).bit_length() + 1
            if bits > room:
                words.append([])
                room = word
            words[-1].append((field, bits))
            room -= bits
        laid = []
        for fields in words:
            shift = sum(bits for _, bits in fields)
            entries = []
            for field, bits in fields:
                shift -= bits
                entries.append((field, shift, bits))
            laid.append(tuple(entries))
        return cls(tuple(laid))

    def pack(self, word: int, fields: Sequence[Ints]) -> Ints:
        """Return one word of every vector."""
        total: Ints = np.zeros_like(fields[0])
        for field, shift, _ in self.words[word]:
            total += fields[field] << shift
        return total

    def unpack(self, word: int, packed: Ints) -> dict[int, Ints]:
        """Return the fields of one word, from the lowest up, each nearest to 0."""
        found = {}
        rest = packed
        for field, _, bits in reversed(self.words[word]):
            half = 1 << (bits - 1)
            value = ((rest + half) & ((1 << bits) - 1)) - half
            found[field] = value
            rest = (rest - value) >> bits
        return found


def largest_of(fields: Sequence[Ints]) -> list[int]:
    """Return the largest size in each field."""
    return [max(int(field.max(initial=0)), -int(field.min(initial=0))) for field in fields]


def packed(fields: Sequence[Ints], terms: int, word: int = WORD) -> list[Ints]:
    """Return vectors as words whose sums of up to so many terms still compare as the vectors do."""
    layout = Layout.of(largest_of(fields), terms, word)
    return [layout.pack(k, fields) for k in range(len(layout.words))]
