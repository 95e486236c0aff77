"""Print the hash of what many rounds come to; run under two Pythons, PuLPs or hash seeds, it must print the same.

The shipped years, provinces drawn by numpy from fixed seeds (row order drawn too), rounds that go through the integer
solver, and programs that go through PuLP to the reference solver, duals included.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

HERE = Path(__file__).parent
PROGRAMS, PROVINCES = 100, 4


def hashes() -> Iterator[tuple[str, str]]:
    """Yield a name and the hash of the content for every round and program."""
    import province
    from drawn_programs import draw_program

    from held_round import ceiling_sample, sample
    from phanbo import Policy, Tier
    from phanbo.errors import InfeasibleRound
    from phanbo.examples import run_year
    from phanbo.solver import reference

    for name, year in (("lang-son", 2024), ("bac-linh", 2026)):
        with TemporaryDirectory() as folder:
            for k, proposal in enumerate(run_year(folder, year=year), start=1):
                yield f"{name} {k}", proposal.hash
    loose = Policy(tiers=(Tier("disbursement", 0.1), "authority", "worst_first"))
    for seed in range(PROVINCES):
        build = (province.build, province.build_loose, province.build_dense)[seed % 3]
        setting = build(150, seed)
        mixed = setting.lines.sample(frac=1, random_state=seed)
        yield f"{build.__name__} {seed}", replace(setting, lines=mixed).propose().hash
    for name, small in (("sample", sample()), ("ceilings", ceiling_sample())):
        for policy in (small.policy, loose):
            yield f"{name} {len(policy.ordered_tiers)}", replace(small, policy=policy).propose().hash
    for seed in range(PROGRAMS):
        try:
            solution = reference.solve(draw_program(seed))
        except InfeasibleRound:
            continue
        found = [solution.x, *(np.append(tier.duals, tier.value) for tier in solution.tiers)]
        yield (
            f"program {seed}",
            sha256(b"".join(array.astype("<i8").tobytes() for array in found)).hexdigest(),
        )


def main() -> None:
    """Print one line each."""
    sys.path[:0] = [str(path) for path in (HERE, HERE / "oracle", HERE.parent / "benchmarks")]
    for name, value in hashes():
        sys.stdout.write(f"{value}  {name}\n")


if __name__ == "__main__":
    main()
