"""Every rule once more, line by line in Python integers and fractions, as its docstring states it.

`BREACH` names by rule code by how many đồng one changed line breaks it. Slow and obvious: the whole columns of
`phanbo.rules` are compared with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phanbo.rules.walls import duty
from phanbo.tables.schema import LINES, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from phanbo.case import Case, Changes

__all__ = ["BREACH", "Slow"]

Row = dict[str, Any]


def rows_of(case: Case, columns: Iterable[str]) -> list[Row]:
    """Return one dict a line; ``None`` where a number or a yes/no is unknown."""
    book = case.portfolio
    rows: list[Row] = [{} for _ in range(len(case))]
    readers = {Type.MONEY: book.money, Type.INTEGER: book.integer, Type.YES_NO: book.flag}
    for name in columns:
        kind = LINES.column(name).type
        if kind in readers:
            values, known = readers[kind](name)
            cells = [value if k else None for value, k in zip(values.tolist(), known.tolist(), strict=True)]
        else:
            cells = book.text(name).tolist()
        for row, cell in zip(rows, cells, strict=True):
            row[name] = cell
    return rows


@dataclass(eq=False)
class Slow:
    """A case and a plan as plain numbers."""

    case: Case
    plan: Changes
    alone: bool

    def __post_init__(self) -> None:
        self.rows = rows_of(self.case, LINES.names)
        kinds = self.case.portfolio.text("kind").tolist()
        for i, row in enumerate(self.rows):
            row |= {"kind": kinds[i], "cut": int(self.plan.cut[i]), "add": int(self.plan.add[i])}
            row["pool"] = int(self.case.pools.pool[i])
        self.lenient = self.case.policy.unknown == "allow"
        self.lines = range(len(self.rows))
        self.today = self.case.as_of.isoformat()

    def amount(self, i: int, name: str) -> int:
        """Return an amount, 0 where unknown."""
        return self.rows[i][name] or 0

    def old(self, i: int) -> bool:
        """Return whether a line is capital of an earlier year."""
        return bool(self.rows[i]["plan_year"] < max(row["plan_year"] for row in self.rows))

    def alike(self, i: int, *names: str) -> list[int]:
        """Return the lines that share some columns with one."""
        return [j for j in self.lines if all(self.rows[j][name] == self.rows[i][name] for name in names)]

    def net(self, i: int, *names: str) -> int:
        """Return what the lines like one bring in."""
        return sum(self.rows[j]["add"] - self.rows[j]["cut"] for j in self.alike(i, *names))

    def shared(self, i: int, among: list[int]) -> int:
        """Return what counts against a common ceiling where a line is raised, else 0."""
        if not self.rows[i]["add"]:
            return 0
        return self.rows[i]["add"] if self.alone else sum(self.rows[j]["add"] for j in among)

    # -- how far a line has come ---------------------------------------------------------------------------

    @cached_property
    def judged(self) -> list[tuple[int, int, Fraction]]:
        """What was executed of what plan, and the share required."""
        a = self.case.assessment
        plans = a.portfolio.money("plan")[0].tolist()
        return [
            (e, p, a.decides.share(i))
            for i, (e, p) in enumerate(zip(a.decides.executed.tolist(), plans, strict=True))
        ]

    def slow_owner(self, i: int) -> bool:
        """Return whether the owner of a line is behind its own share and behind the province."""
        now = [j for j in self.lines if not self.old(j)]
        own = usual = Fraction(0)
        for j in now:
            if self.rows[j]["owner"] != self.rows[i]["owner"]:
                continue
            e, p, rho = self.judged[j]
            stage = [k for k in now if self.rows[k]["stage"] == self.rows[j]["stage"]]
            whole = sum(self.judged[k][1] for k in stage)
            mean = Fraction(sum(self.judged[k][0] for k in stage), whole) if whole else Fraction(0)
            own, usual = own + e - rho * p, usual + e - mean * p
        return own < 0 and not (self.case.assessment.fast == "average" and usual >= 0)

    def complete(self, i: int) -> bool | None:
        """Return whether the papers of a line are complete; ``None`` where nothing says so."""
        yes, on = self.rows[i]["procedures_complete"], self.rows[i]["procedures_completed_on"]
        said = [] if yes is None else [yes]
        said += [on != "chưa" and on <= self.today] if on else []
        return all(said) if said else None

    def behind(self, i: int) -> bool:
        """Return whether a line may give without an offer."""
        e, p, rho = self.judged[i]
        bucket = self.alike(i, "owner", "stage", "plan_year")
        done, planned = (sum(self.judged[j][k] for j in bucket) for k in (0, 1))
        marked = self.case.assessment.decides.milestone(i) is not None
        late = marked and e < rho * p and done < rho * planned
        return late or self.case.assessment.missed[i] != "" or self.complete(i) is False

    def kept_points(self, i: int) -> tuple[list[int], Fraction, Fraction]:
        """Return the points of a line, and the confidences asked."""
        return sorted(self.case.outlook.points[i].tolist()), self.case.policy.d, self.case.policy.r


# -- the rules -----------------------------------------------------------------------------------------------


def spent(s: Slow, i: int) -> int:
    """`SpentMoney`."""
    row, paid = s.rows[i], s.amount(i, "disbursed")
    if row["cut"] and row["committed"] is None and not s.lenient:
        return int(row["cut"])
    if row["cut"]:
        return int(min(row["cut"], max(0, paid + s.amount(i, "committed") - (row["plan"] - row["cut"]))))
    return row["add"] if paid > row["plan"] else 0


def owed(s: Slow, i: int) -> int:
    """`OwedClaims`."""
    row = s.rows[i]
    debt = sum(s.amount(i, name) for name in ("disbursed", "committed", "arrears", "prior_advance"))
    short = max(0, debt - row["plan"])
    return int(max(0, debt - row["plan"] + row["cut"]) - short)


def depth(s: Slow, i: int) -> int:
    """`DonorDepth`."""
    row, (points, d, _) = s.rows[i], s.kept_points(i)
    floor = points[max(1, math.ceil(d * len(points))) - 1]
    return max(0, min(row["plan"], floor) - (row["plan"] - row["cut"])) if row["cut"] else 0


def absorption(s: Slow, i: int) -> int:
    """`Absorption`."""
    row, (points, _, r) = s.rows[i], s.kept_points(i)
    sure = max(y for y in points if sum(other >= y for other in points) >= r * len(points))
    return max(0, row["plan"] + row["add"] - max(row["plan"], sure)) if row["add"] else 0


def fast(s: Slow, i: int) -> int:
    """`FastLine`."""
    e, p, rho = s.judged[i]
    enough = bool(s.case.assessment.may_import[i]) if p == 0 else Fraction(e, p) >= rho
    return 0 if enough else s.rows[i]["add"]


def donor(s: Slow, i: int) -> int:
    """`DonorTest`."""
    return 0 if s.behind(i) else max(0, s.rows[i]["cut"] - s.amount(i, "offered_decrease"))


def unless(allowed: Callable[[Slow, int], bool | None]) -> Callable[[Slow, int], int]:
    """Return a rule that refuses every add to a line unless a test passes; ``None`` is unknown."""

    def breach(s: Slow, i: int) -> int:
        answer = allowed(s, i)
        return 0 if (s.lenient if answer is None else answer) else s.rows[i]["add"]

    return breach


def approved(s: Slow, i: int) -> bool | None:
    """`ApprovedDecision`."""
    row = s.rows[i]
    if row["stage"] == "preparation":
        return True
    return row["approved_on"] != "chưa" and row["approved_on"] <= s.today if row["approved_on"] else None


def exempt(s: Slow, i: int) -> bool:
    """Return whether a line needs no place in the medium-term plan."""
    return bool(s.rows[i]["emergency"]) or s.rows[i]["kind"] == "oda_grant"


def listed(s: Slow, i: int) -> bool | None:
    """`MediumTermListed`."""
    ceiling = s.rows[i]["medium_term_plan"]
    return True if exempt(s, i) else None if ceiling is None else ceiling > 0


def rest(s: Slow, i: int, whole: str, part: str) -> int | None:
    """Return what is left of a whole; ``None`` where one of both is unknown."""
    row = s.rows[i]
    return None if row[whole] is None or row[part] is None else row[whole] - row[part]


def total(s: Slow, i: int) -> int:
    """`TotalInvestment`."""
    same, lefts = s.alike(i, "project_id"), []
    for j in same:
        special = {"completed": "settled_value", "preparation": "preparation_estimate"}.get(
            s.rows[j]["stage"]
        )
        known = special is not None and s.rows[j][special] is not None
        lefts.append(rest(s, j, str(special) if known else "total_investment", "allocated_to_date"))
    if None in lefts:
        return 0 if s.lenient else s.rows[i]["add"]
    return max(0, s.shared(i, same) - max(0, min(left for left in lefts if left is not None)))


def headroom(s: Slow, i: int) -> int:
    """`MediumTermHeadroom`."""
    lefts = {
        j: rest(s, j, "medium_term_plan", "medium_term_allocated") for j in s.alike(i, "project_id", "source")
    }
    bound = [j for j, left in lefts.items() if not (exempt(s, j) or s.old(j) or (s.lenient and left is None))]
    return max(0, s.shared(i, bound) - min(max(0, left or 0) for left in lefts.values())) if i in bound else 0


def funded(s: Slow, i: int) -> bool | None:
    """`NewStartFunding`."""
    if s.rows[i]["stage"] != "new_start" or s.old(i):
        return True
    held: dict[str, int] = {}
    for j in s.alike(i, "project_id"):
        left = rest(s, j, "medium_term_plan", "medium_term_allocated") or 0
        held[s.rows[j]["source"]] = max(held.get(s.rows[j]["source"], 0), left)
    need = rest(s, i, "total_investment", "allocated_to_date")
    return None if need is None else need <= sum(held.values())


def loan_room(s: Slow, i: int) -> int:
    """`LoanRoom`."""
    row = s.rows[i]
    if row["kind"] != "oda_loan":
        return 0
    return (
        (0 if s.lenient else row["add"])
        if row["loan_room"] is None
        else max(0, row["add"] - row["loan_room"])
    )


def loan_open(s: Slow, i: int) -> bool | None:
    """`LoanOpen`."""
    row = s.rows[i]
    if row["kind"] != "oda_loan":
        return True
    return row["loan_closes_on"] >= s.today if row["loan_closes_on"] else None


def in_years(s: Slow, i: int) -> bool | None:
    """`CapitalTimeLimit`, with the years of the law."""
    row = s.rows[i]
    if row["stage"] not in ("transitional", "new_start") or row["project_class"] == "national":
        return True
    if row["first_year"] is None or not row["project_class"]:
        return None
    most = {"A": 6, "B": 4, "C": 3}[row["project_class"]] + (row["extension_years"] or 0)
    return bool(row["plan_year"] - row["first_year"] + 1 <= most)


def carried(s: Slow, i: int) -> int:
    """`CarriedOver`."""
    if s.case.policy.carry_over == "move" or not s.old(i):
        return 0
    return int(s.rows[i]["add"] + (0 if s.case.policy.return_unplaced else s.rows[i]["cut"]))


def imported(s: Slow, i: int) -> int:
    """`OwnerImport`."""
    if s.alone or not s.rows[i]["add"] or not s.slow_owner(i):
        return 0
    return max(0, s.net(i, "pool", "owner"))


def balance(s: Slow, i: int) -> int:
    """`PoolBalance`."""
    if s.alone or not (s.rows[i]["cut"] or s.rows[i]["add"]):
        return 0
    owes = int(duty(s.case)[s.rows[i]["pool"]])
    left = owes - s.net(i, "pool")
    most = left if s.case.policy.return_unplaced else max(0, owes)
    return abs(left - min(max(0, left), max(0, most)))


def shortfall(s: Slow, i: int) -> int:
    """`RevenueShortfall`."""
    inflow = int(s.case.pools.inflow[s.rows[i]["pool"]])
    if s.alone or inflow >= 0 or not (s.rows[i]["cut"] or s.rows[i]["add"]):
        return 0
    return max(0, s.net(i, "pool") - inflow)


def authority(s: Slow, i: int) -> int:
    """`AuthorityAtHand`."""
    hands, row, pools = s.case.policy.authority, s.rows[i], s.case.pools
    if hands is None or not (row["cut"] or row["add"]):
        return 0
    inside, across = (side[row["pool"]] in hands for side in (pools.within, pools.between))
    if inside and across:
        return 0
    crossing = 0 if s.alone else s.net(i, "pool", "owner")
    if pools.inflow[row["pool"]] < 0:
        kept = 0 if s.alone else int(duty(s.case)[row["pool"]]) - s.net(i, "pool")
        return max(0, kept) + (max(0, crossing) if inside and row["add"] else row["add"])
    return abs(crossing) if inside else int(row["cut"] + row["add"])


BREACH: dict[str, Callable[[Slow, int], int]] = {
    "absorption": absorption,
    "approved-decision": unless(approved),
    "authority": authority,
    "capital-time-limit": unless(in_years),
    "carried-over": carried,
    "commitment": unless(lambda s, i: s.rows[i]["commitment"]),
    "counterpart": lambda s, i: s.rows[i]["cut"] if s.rows[i]["counterpart"] else 0,
    "donor-depth": depth,
    "donor-test": donor,
    "fast-line": fast,
    "loan-open": unless(loan_open),
    "loan-room": loan_room,
    "locked": lambda s, i: s.rows[i]["cut"] + s.rows[i]["add"] if s.rows[i]["locked"] else 0,
    "medium-term-headroom": headroom,
    "medium-term-listed": unless(listed),
    "min_move": lambda s, i: s.rows[i]["cut"] + s.rows[i]["add"] if s.case.held[i] else 0,
    "new-start-funding": unless(funded),
    "not-to-be-raised": lambda s, i: s.rows[i]["add"] if s.rows[i]["not_to_be_raised"] else 0,
    "offer-only-gives": lambda s, i: s.rows[i]["add"] if s.rows[i]["offered_decrease"] else 0,
    "on-lending-ratio": lambda _, __: 0,
    "owed-claims": owed,
    "owner-import": imported,
    "pool-balance": balance,
    "procedures-complete": unless(Slow.complete),
    "revenue-shortfall": shortfall,
    "spent-money": spent,
    "stated-need": lambda s, i: max(0, s.rows[i]["add"] - s.amount(i, "requested_increase")),
    "total-investment": total,
}
