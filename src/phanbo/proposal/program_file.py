"""The whole program of a round as an LP file: for an auditor, or another solver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from phanbo.assemble import assemble
from phanbo.bounds import make_bounds
from phanbo.errors import PolicyError
from phanbo.program import Block, LinearProgram

if TYPE_CHECKING:
    from phanbo.case import Case
    from phanbo.proposal import Proposal

__all__ = ["write_lp"]


def write_lp(proposal: Proposal, path: str | Path, tier: str | None) -> None:
    """Write the program that minimises one tier, every tier before it kept at its proved value by a row."""
    from phanbo.solver.stating import state

    case, book = proposal._case, proposal._rulebook  # noqa: SLF001 — one house
    program = assemble(case, book, make_bounds(case, book))
    names = [each.name for each in program.tiers]
    if tier is not None and tier not in names:
        raise PolicyError(
            f"Đợt này không có bậc mục tiêu {tier}; có: {', '.join(names)}.",
            f"This round has no tier {tier}; it has: {', '.join(names)}.",
            {"tier": tier, "tiers": names},
        )
    before = program.tiers[: len(names) - 1 if tier is None else names.index(tier)]
    best = {name: value for name, value, _, _ in proposal.proof.tiers}
    values = [best[t.name] + abs(best[t.name]) * t.tolerance[0] // t.tolerance[1] for t in before]
    target = Path(path)
    state(program, integer=True, values=values).writeLP(str(target))
    stated = target.read_text(encoding="utf-8")
    target.write_text("\n".join([*_legend(program, case), stated]), encoding="utf-8")


def _legend(program: LinearProgram, case: Case) -> Iterator[str]:
    """Yield what every column, row and tier stands for, as comments."""
    ids, pools = case.portfolio.text("line_id").tolist(), case.pools
    leaves = [
        f"{pools.names[p]}|{owner}"
        for p, owner in zip(pools.leaf_pool.tolist(), pools.leaf_owner, strict=True)
    ]
    yield f"\\ phanbo: amounts in units of {case.policy.unit} dong; columns, then rows, then tiers"
    names = {Block.CUT: ids, Block.ADD: ids, Block.IN: leaves, Block.OUT: leaves, Block.RESERVE: pools.names}
    ends = np.zeros(program.columns, dtype=np.int64)
    for block in (Block.CUT, Block.ADD):
        here = np.flatnonzero(program.block == block)
        item, width = program.item[here], program.upper[here]
        first = np.searchsorted(item, item)  # the columns of a line stand together, from the plan outwards
        total = np.cumsum(width)
        ends[here] = total - (total - width)[first]
    blocks, items, upper = program.block.tolist(), program.item.tolist(), program.upper.tolist()
    for k, (block, item) in enumerate(zip(blocks, items, strict=True)):
        span = f" units {ends[k] - upper[k]}-{ends[k]}" if block <= Block.ADD else ""
        yield f"\\ x{k:07d} {Block(block).name.lower()} {names[Block(block)][item]}{span}"
    for r, key in enumerate(program.row_keys):
        yield f"\\ r{r:07d} {key}"
    for k, tier in enumerate(program.tiers):
        yield f"\\ t{k:03d} {tier.name}"
