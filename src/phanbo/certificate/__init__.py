"""The certificate: an exact re-check that shares no code with the builder of the program (*model* §8).

It reads the tables, the stored outlook and the stored proof (bounds, claimed rows, row duals) and the rules'
second face. It never sees the program, the assembler or the solver.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from phanbo.case import Case, Changes
from phanbo.certificate.claims import Claims, LineFacts, RowClaim
from phanbo.certificate.costs import facts_of
from phanbo.certificate.optimum import TierProof, prove_tiers
from phanbo.certificate.rows import row_faults
from phanbo.certificate.statement import MOST
from phanbo.grouping import sum_by
from phanbo.money import Bools, Ints
from phanbo.rulebook import Rulebook
from phanbo.rules import RULES
from phanbo.rules.base import Rule
from phanbo.rules.granted import ungranted
from phanbo.rules.walls import duty

__all__ = ["Certificate", "Claims", "LineFacts", "RowClaim", "certify", "check_changes"]

MOST_LINES = 3
"""How many lines a finding names."""
SHORTFALL = -2
"""Stands for a receiver that is the shortfall of its pool."""
PREFIXES = 3
"""How many prefixes of the ranking are put to the rules: the mandatory block, a third, two thirds."""


@dataclass(frozen=True)
class Certificate:
    """What `verify` found.

    Attributes
    ----------
    ok : bool
    findings : tuple of str
        What does not hold, in English; empty when `ok`.
    gap : mapping of str to int
        Value less proved bound of each tier, in cost units; all 0 in a network.
    proved : str
        ``"optimal"``, or ``"legal"`` for prefixes, edited plans and marked components.
    """

    ok: bool
    findings: tuple[str, ...]
    gap: dict[str, int]
    proved: str

    def to_dict(self) -> dict[str, Any]:
        """Return the certificate as plain values."""
        return {"ok": self.ok, "proved": self.proved, "findings": list(self.findings), "gap": dict(self.gap)}

    def __bool__(self) -> bool:
        return self.ok


def certify(case: Case, rulebook: Rulebook, claims: Claims) -> Certificate:
    """Re-check a proposal: balance, rules, prefixes, bounds, rows, and the optimality of every tier."""
    findings = [*check_changes(case, rulebook, claims.changes), *_forced(case, claims)]
    findings += _unmet_pins(case, claims)
    findings += _small_changes(case, claims)
    findings += _transfers(case, rulebook, claims)
    findings += _bounds(case, rulebook, claims)
    findings += _facts(case, claims)
    if case.held.any() and not case.policy.min_move:
        findings.append("lines are held that the policy holds for nothing")
    if claims.marked and not _may_be_marked(case, rulebook):
        findings.append("nothing in this round excuses a proof of optimality")
    proofs: list[TierProof] = []
    if claims.full and not claims.marked and not findings:
        findings += row_faults(case, rulebook, claims.rows)
        findings += _closed(case, rulebook, claims)
        proofs = prove_tiers(case, rulebook, claims)
        findings += [f"tier {p.name}: {p.fault}" for p in proofs if p.fault]
    gap = {p.name: p.gap for p in proofs} or {name: g for name, _, _, g in claims.tiers}
    optimal = claims.full and not claims.marked
    return Certificate(not findings, tuple(findings), gap, "optimal" if optimal else "legal")


def _may_be_marked(case: Case, rulebook: Rulebook) -> bool:
    """Whether a component may be no network: a tolerance of the policy, or a rule of the user's own."""
    tolerant = any(tier.fraction for tier in case.policy.ordered_tiers)
    return tolerant or any(type(ungranted(rule)) is not RULES.get(rule.code) for rule in rulebook.rules)


def check_changes(case: Case, rulebook: Rulebook, changes: Changes, *, whole_units: bool = True) -> list[str]:
    """Return what makes a plan illegal: whole units, signs, and every rule's second face."""
    unit, findings = case.policy.unit, []
    for name, side in (("cut", changes.cut), ("add", changes.add)):
        if side.shape != (len(case),) or (side < 0).any():
            return [f"{name}: not one amount of at least 0 đồng a line"]
        if whole_units and (side % unit).any():
            findings.append(f"{name}: not in whole units of {unit} đồng")
    if ((changes.cut > 0) & (changes.add > 0)).any():
        findings.append("a line is cut and raised at once")
    if (changes.cut > case.plan).any():
        findings.append("a line is cut by more than its plan")
    free = ~(case.shrinking & (changes.cut > 0))
    for rule in rulebook.rules:
        excess = np.asarray(rule.violations(case, changes))
        broken = excess > 0
        # Cuts a shrinking source forces are judged by the rules that hold then, and by `_forced`.
        if not rule.when_forced and rule.code not in ("pool-balance", "revenue-shortfall", "authority"):
            broken &= free
        findings += [
            f"{rule.code}: line {_name(case, i)} breaks it by {int(excess[i])} đồng" for i in _lines(broken)
        ]
    return findings


def _name(case: Case, line: int) -> str:
    return str(case.portfolio.text("line_id")[line])


def _forced(case: Case, claims: Claims) -> list[str]:
    """A shrinking pool may cut below the surplus of its lines only what the duty asks beyond all surplus."""
    beyond = np.maximum(0, claims.changes.cut - claims.cut)
    findings = []
    if (beyond[~case.shrinking] > 0).any():
        findings.append("a line is cut beyond its bound")
    if (claims.changes.cut > np.maximum(claims.cut, claims.forced)).any():
        findings.append("a line is cut beyond its forced bound")
    if (claims.changes.add > claims.add).any():
        findings.append("a line is raised beyond its bound")
    owed = -duty(case)
    if (
        case.pool_sum(claims.changes.cut - claims.changes.add)[case.pools.shrinking]
        < owed[case.pools.shrinking]
    ).any():
        findings.append("a shrinking pool gives less than it must")
    allowed = np.maximum(0, owed - case.pool_sum(claims.cut))
    if (case.pool_sum(beyond) > allowed).any():
        findings.append("a shrinking pool cuts below its surplus more than it must")
    return findings


def _unmet_pins(case: Case, claims: Claims) -> list[str]:
    """A full round makes every change its policy asks for, of lines it has."""
    if not claims.full:
        return []
    unknown = dict(case.policy.pins).keys() - case.portfolio.place.keys()
    findings = [f"a change is asked of line {line}, which is unknown" for line in sorted(unknown)]
    pins, made = case.pins, claims.changes
    short = ((pins > 0) & (made.add < pins)) | ((pins < 0) & (made.cut < -pins))
    return findings + [f"line {_name(case, i)}: the change asked for is not made" for i in _lines(short)]


def _small_changes(case: Case, claims: Claims) -> list[str]:
    """A full round changes no line by less than the least amount, but for those a shortfall or a pin moves."""
    donor, receiver = claims.transfers[:2]
    moved = claims.changes.cut + claims.changes.add
    small = claims.full & (moved > 0) & (moved < case.policy.min_move)
    pinned = np.append(case.pins != 0, [False] * 3)  # −1 … −3: no line
    kept = (receiver == SHORTFALL) | pinned[donor] | pinned[receiver]
    for side in (donor, receiver):
        small[side[kept & (side >= 0)]] = False
    return [f"line {_name(case, i)}: it is changed by less than the least amount" for i in _lines(small)]


def _transfers(case: Case, rulebook: Rulebook, claims: Claims) -> list[str]:
    """Transfers add up to the changes, stay in their pool, are ranked, and so is every prefix legal."""
    donor, receiver, pool, amount, rank = claims.transfers
    n, findings = len(case), []
    cut, add = sum_by(donor, amount, n), sum_by(receiver, amount, n)
    exact = amount.sum(dtype=float) < MOST  # else sums may have left int64, and come back
    if not (exact and np.array_equal(cut, claims.changes.cut) and np.array_equal(add, claims.changes.add)):
        findings.append("transfers do not add up to the changes of the lines")
    for side in (donor, receiver):
        real = side >= 0
        if (case.pools.pool[side[real]] != pool[real]).any():
            findings.append("a transfer leaves its pool")
    if (amount <= 0).any():
        findings.append("a transfer moves nothing")
    findings += _rank_faults(rank, receiver)
    if findings:
        return findings
    findings += _crossings(case, claims)
    # Every rule is downward closed, each transfer stays in its pool and none crosses into a closed owner: the full
    # plan answers for its prefixes. A few are re-checked outright, lest a rule of one's own be not so.
    mandatory = int((rank == 0).sum())
    steps = rank.size - mandatory
    for k in sorted({steps * j // PREFIXES for j in range(PREFIXES)} if steps else ()):
        head = slice(mandatory + k)
        if k or mandatory:
            part = Changes(sum_by(donor[head], amount[head], n), sum_by(receiver[head], amount[head], n))
            findings += [f"prefix {k}: {fault}" for fault in check_changes(case, rulebook, part)]
    return findings or _smuggled(case, rulebook, claims)


def _rank_faults(rank: Ints, receiver: Ints) -> list[str]:
    """Ranks run 0 … 0, 1, 2, …; rank 0 is the shortfall block and nothing else."""
    mandatory = int((rank == 0).sum())
    wanted = np.concatenate([np.zeros(mandatory, dtype=np.int64), np.arange(1, rank.size - mandatory + 1)])
    findings = [] if np.array_equal(rank, wanted) else ["ranks are not 0 … 0, 1, 2, …"]
    if ((receiver == SHORTFALL) != (rank == 0)).any():
        findings.append("rank 0 is not exactly the shortfall block")
    return findings


def _crossings(case: Case, claims: Claims) -> list[str]:
    """No transfer brings capital from outside to an owner that may not import."""
    if claims.closed[case.pools.leaf[_entered(case, claims)]].any():
        return ["a transfer brings capital to an owner that may not import"]
    return []


def _smuggled(case: Case, rulebook: Rulebook, claims: Claims) -> list[str]:
    """No transfer, were it signed alone, brings capital to an owner that a rule closes, whatever is claimed."""
    add = np.zeros(len(case), dtype=np.int64)
    add[_entered(case, claims)] = case.policy.unit
    if _refused(case, rulebook, add).any():
        return ["a transfer brings capital to an owner that a rule closes"]
    return []


def _entered(case: Case, claims: Claims) -> Ints:
    """Return the receivers of capital from outside their leaf."""
    donor, receiver = claims.transfers[:2]
    both = (donor >= 0) & (receiver >= 0)
    crossing = (receiver >= 0) & (donor < 0)
    crossing[both] = case.pools.leaf[donor[both]] != case.pools.leaf[receiver[both]]
    return receiver[crossing]


def _bounds(case: Case, rulebook: Rulebook, claims: Claims) -> list[str]:
    """Every stored bound is the largest the rules allow: legal at the bound, illegal one unit above."""
    unit, findings = case.policy.unit, []
    waived = tuple(rule for rule in rulebook.rules if rule.when_forced)
    sides = (
        ("cut", claims.cut, np.ones(len(case), dtype=bool), rulebook.rules),
        ("add", claims.add, np.ones(len(case), dtype=bool), rulebook.rules),
        ("forced", claims.forced, case.shrinking, waived),
    )
    for name, bound, judged, rules in sides:
        if (bound < 0).any() or (bound % unit).any():
            findings.append(f"{name} bounds are not whole units")
            continue
        tested = (judged & (bound > 0), bound, True), (judged, bound + unit, False)
        illegal, short = (
            _lines(where & (_broken_alone(case, rules, name, amount) == broken)) if where.any() else []
            for where, amount, broken in tested
        )
        findings += [f"line {_name(case, i)}: its {name} bound is illegal" for i in illegal]
        findings += [f"line {_name(case, i)}: its {name} bound is not the largest legal one" for i in short]
    return findings


def _facts(case: Case, claims: Claims) -> list[str]:
    """Every stored fact of the lines is that of the tables: whoever follows the proof without phanbo rests on them."""
    true = facts_of(case)
    return [
        f"the stored {each.name} of the lines is not that of the tables"
        for each in fields(LineFacts)
        if not np.array_equal(getattr(claims.facts, each.name), getattr(true, each.name))
    ]


def _lines(found: Bools) -> list[int]:
    """Return the first few lines of a mask."""
    return [int(line) for line in np.flatnonzero(found)[:MOST_LINES]]


def _broken_alone(case: Case, rules: tuple[Rule, ...], side: str, amount: Ints) -> Bools:
    """Return the lines that may not be changed by their amount, each as if it alone changed."""
    none = np.zeros(len(case), dtype=np.int64)
    plan = Changes(none, amount) if side == "add" else Changes(amount, none)
    broken = plan.cut > case.plan
    for rule in rules:
        broken |= np.asarray(rule.violations(case, plan, alone=True)) > 0
    return broken


def _closed(case: Case, rulebook: Rulebook, claims: Claims) -> list[str]:
    """Every leaf claimed to be closed is: one unit brought in breaks a rule."""
    first = np.full(claims.closed.size, -1, dtype=np.int64)
    first[case.pools.leaf[::-1]] = np.arange(len(case))[::-1]
    lines = first[claims.closed]
    add = np.zeros(len(case), dtype=np.int64)
    add[lines] = case.policy.unit
    if (~_refused(case, rulebook, add)[lines]).any():
        return ["an owner said not to import may import"]
    return []


def _refused(case: Case, rulebook: Rulebook, add: Ints) -> Bools:
    """Return the lines on which what is brought in from outside breaks a rule that closes owners."""
    plan, refused = Changes(np.zeros(len(case), dtype=np.int64), add), np.zeros(len(case), dtype=bool)
    for rule in rulebook.rules:
        if rule.closes_owners:
            refused |= np.asarray(rule.violations(case, plan)) > 0
    return refused & (add > 0)
