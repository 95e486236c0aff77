"""Recomputes what an explanation claims of a line, from the frames and tables of its proposal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from brute_force import Oracle

from phanbo.assemble import assemble
from phanbo.bounds import bound_of, make_bounds
from phanbo.calendar import CARRIED
from phanbo.case import Case, Changes
from phanbo.certificate import check_changes
from phanbo.explain import Sentence
from phanbo.program import LinearProgram
from phanbo.proposal import Proposal
from phanbo.proposal.tier_values import shown
from phanbo.rulebook import Rulebook
from phanbo.rules.granted import ungranted
from phanbo.solver.direct import solve
from phanbo.solver.solution import Limits

__all__ = ["CHECKS", "OF_A_LETTER", "Reader", "wrong"]

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Reader:
    """Recomputes what is claimed of one line from the frames and tables of its proposal."""

    made: Proposal
    line: str

    @cached_property
    def case(self) -> Case:
        """The facts of the round."""
        assert self.made.case is not None
        return self.made.case

    @cached_property
    def book(self) -> Rulebook:
        """The rules of the round."""
        assert self.made.rulebook is not None
        return self.made.rulebook

    @cached_property
    def row(self) -> Any:
        """The line in ``Proposal.lines``."""
        return self.made.lines.set_index("line_id").loc[self.line]

    @cached_property
    def given(self) -> Any:
        """The line in the tables."""
        return self.case.portfolio.lines.set_index("line_id").loc[self.line]

    @cached_property
    def judged(self) -> Any:
        """The line in ``Assessment.lines``."""
        return self.made.assessment.lines.set_index("line_id").loc[self.line]

    @cached_property
    def at(self) -> int:
        """The position of the line."""
        return int(self.made.lines["line_id"].tolist().index(self.line))

    # -- figures -------------------------------------------------------------------------------------------

    def paid(self, v: Values) -> bool:
        """What is disbursed, of what plan, by when."""
        paid, plan = int(self.given["disbursed"]), int(self.given["plan"])
        return (v["as_of"], v["disbursed"], v["plan"], v["ratio"]) == (
            self.made.meta["as_of"],
            paid,
            plan,
            [paid, plan],
        )

    def milestone(self, v: Values) -> bool:
        """The latest milestone of its group by the judging date."""
        day = self.case.round.tau(self.case.policy.judge)
        carried = bool(self.judged["carried"])
        mark = self.case.calendar.milestone(
            CARRIED if carried else self.judged["stage"], int(self.judged["plan_year"]), day
        )
        assert mark is not None
        share = Fraction(*v["share"])
        return v["milestone"] == mark.on.isoformat() and share == mark.share and self._own(v, share)

    def usual(self, v: Values) -> bool:
        """The province's share of its stage, where there is no milestone."""
        lines = self.made.assessment.lines
        same = (lines["stage"] == self.judged["stage"]) & ~lines["carried"]
        executed = self.executed[same.to_numpy()]
        plan = int(lines["plan"][same].sum())
        share = Fraction(int(executed.sum()), plan) if plan else Fraction(0)
        return self.judged["milestone"] == "" and Fraction(*v["share"]) == share and self._own(v, share)

    @cached_property
    def executed(self) -> Any:
        """What counts as disbursed under the reading that decides."""
        return self.made.assessment.decides.executed

    def _own(self, v: Values, share: Fraction) -> bool:
        plan, done = int(self.judged["plan"]), int(self.executed[self.at])
        needed = -(-share.numerator * plan // share.denominator)
        return (v["required"], v["executed"], v["ratio"], v["reached"], v["reading"]) == (
            needed,
            done,
            [done, plan],
            done >= share * plan,
            self.case.policy.judge,
        )

    def gap(self, v: Values) -> bool:
        """What is missing."""
        share = self.made.assessment.decides.share(self.at)
        missing = -(-share * int(self.judged["plan"]) // 1) - int(self.executed[self.at])
        return bool(v["gap"] == missing > 0)

    def bucket(self, v: Values) -> bool:
        """The owner's lines of the stage and plan year, together."""
        lines = self.made.assessment.lines
        same = np.logical_and.reduce(
            [(lines[name] == self.judged[name]).to_numpy() for name in ("owner", "stage", "plan_year")]
        )
        done, plan = int(self.executed[same].sum()), int(lines["plan"][same].sum())
        enough = done >= Fraction(*v["share"]) * plan
        behind = bool(self.judged["behind"])
        return [v["executed"], v["ratio"]] == [done, [done, plan]] and v["reached"] == enough == (not behind)

    def missed(self, v: Values) -> bool:
        """A deadline of its stage that is over, and an act that is known not to have happened."""
        column = {"start": "started_on", "procedures": "procedures_completed_on"}.get(
            v["act"], f"{v['act']}_on"
        )
        event, day = str(self.given[column]), dt.date.fromisoformat(v["deadline"])
        stated = {(d.kind, d.stage, d.last_day) for d in self.case.calendar.deadlines}
        return (event == "chưa" or event > self.made.meta["as_of"]) and (
            v["act"],
            self.given["stage"],
            day,
        ) in stated

    def incomplete(self, v: Values) -> bool:
        """Procedures known to be incomplete."""
        return bool(self.case.incomplete[self.at]) and v["as_of"] == self.made.meta["as_of"]

    def forecast(self, v: Values) -> bool:
        """The middle of the outlook's points."""
        points = sorted(self.made.outlook.points[self.at].tolist())
        median, basis = points[(len(points) + 1) // 2 - 1], self.made.outlook.basis[self.at]
        offer, plan, unit = (
            int(self.given["offered_decrease"]),
            int(self.given["plan"]),
            self.case.policy.unit,
        )
        kept = plan - offer - (-offer) % unit
        if offer and median == max(kept, int(self.given["disbursed"])):
            basis = "offer"
        return (v["median"], v["basis"], v["horizon"]) == (median, basis, self.made.summary["horizon"])

    # -- decision ------------------------------------------------------------------------------------------

    @cached_property
    def tight(self) -> bool:
        """Whether the pool has to give more than its lines can spare."""
        lines, unit = self.made.lines, self.case.policy.unit
        owed = -(int(self.case.pools.inflow[self.case.pools.names.index(self.row["pool"])]) // unit) * unit
        spare = sum(lines["cut_bound"][lines["pool"] == self.row["pool"]].tolist())
        return owed > 0 and owed > spare

    @cached_property
    def side(self) -> str:
        """The side of its change; unchanged, the one it could change on."""
        if self.row["cut"] or self.row["add"]:
            return "cut" if self.row["cut"] else "add"
        return "cut" if self.row["role"] == "donor" or self.tight else "add"

    @cached_property
    def most(self) -> int:
        """The most it may change on its side."""
        side = "forced" if self.side == "cut" and self.tight else self.side
        return int(self.row[f"{side}_bound"])

    def cut(self, v: Values) -> bool:
        """What is cut."""
        cut = int(self.row["cut"])
        told = (v["cut"], v["most"], v["after"]) == (cut, self.most, int(self.given["plan"]) - cut)
        return told and 0 < cut <= self.most

    def raised(self, v: Values) -> bool:
        """What is added."""
        add, most = int(self.row["add"]), int(self.row["add_bound"])
        return (v["add"], v["most"], v["after"]) == (add, most, int(self.given["plan"]) + add) and add > 0

    def unchanged(self, v: Values) -> bool:
        """Nothing is done, though something could be."""
        most = (
            max(self.row["cut_bound"], self.row["add_bound"])
            if self.row["role"] != "donor"
            else self.row["cut_bound"]
        )
        return self._still(v) and v["most"] == most > 0 and not self.tight

    def tightly(self, v: Values) -> bool:
        """Nothing is done with a line that could be raised, were its pool not short."""
        raised = (self.made.lines["pool"] == self.row["pool"]) & (self.made.lines["add"] > 0)
        return self._still(v) and self.tight and self.row["role"] != "hold" and not raised.any()

    def pinned(self, v: Values, sign: int) -> bool:
        """What the reviewers ask of the line."""
        asked = dict(self.case.policy.pins).get(self.line, 0)
        return bool(v["pin"] * sign == asked and v["pin"] > 0)

    def hold(self, v: Values) -> bool:
        """Nothing is done, nor could be."""
        return self._still(v) and self.row["cut_bound"] == self.row["add_bound"] == 0

    def _still(self, v: Values) -> bool:
        return bool(v["plan"] == self.given["plan"] and self.row["cut"] == self.row["add"] == 0)

    # -- rules: their second face --------------------------------------------------------------------------

    def refusing(self, side: str, amount: int) -> list[str]:
        """Return the rules that the line alone breaks by an amount."""
        change = {
            "cut": np.zeros(len(self.case), dtype=np.int64),
            "add": np.zeros(len(self.case), dtype=np.int64),
        }
        change[side][self.at] = amount
        plan = Changes(**change)
        return [r.code for r in self.book.rules if r.violations(self.case, plan, alone=True)[self.at] > 0]

    def ground(self, v: Values) -> bool:
        """The rule that opens the change does not refuse it."""
        (code,) = v["rules"]
        if code == "revenue-shortfall":
            return bool(self.case.shrinking[self.at] and self.row["cut"])
        side = "cut" if code == "donor-test" else "add"
        return bool(self.row[side]) and (
            code not in self.refusing(side, self.case.policy.unit) or bool(self.case.shrinking[self.at])
        )

    def limit(self, v: Values) -> bool:
        """Exactly these rules refuse one unit more, and none refuses the most."""
        unit, most, side = self.case.policy.unit, int(v["most"]), self.side
        rules = {
            rule.code for rule in self.book.rules if rule.when_forced or not (side == "cut" and self.tight)
        }
        return (
            most == self.most
            and rules.isdisjoint(self.refusing(side, most))
            and sorted(rules.intersection(self.refusing(side, most + unit))) == sorted(v["rules"])
        )

    def granted(self, v: Values) -> bool:
        """Without what was granted the rule stops exactly so much earlier."""
        (code,) = v["rules"]
        (rule,) = (ungranted(rule) for rule in self.book.rules if rule.code == code)
        bound = bound_of(rule.limits(self.case), self.side)
        assert bound is not None
        law = max(0, int(bound[self.at]))
        whole = (law + int(v["by"])) // self.case.policy.unit * self.case.policy.unit
        return bool(v["who"] == rule.granted_by and v["by"] > 0 and whole == self.most)

    def refused(self, v: Values, side: str) -> bool:
        """Exactly these rules refuse one unit."""
        return sorted(self.refusing(side, self.case.policy.unit)) == sorted(v["rules"])

    def short(self, v: Values) -> bool:
        """The rule the proposal names; the balance of a pool only of a whole proposal without tolerance."""
        tolerant = any(Fraction(tier["tolerance"]) for tier in self.made.meta["policy"]["tiers"])
        sure = self.made.meta["parent"] is None and not tolerant
        return v["rules"] == [self.row["binding_rule"]] and (sure or v["rules"] != ["pool-balance"])

    def short_part(self, _: Values) -> bool:
        """The first part of a proposal holds less."""
        return self.made.meta["parent"] is not None and int(self.row[self.side]) < self.most

    def locked(self, v: Values) -> bool:
        """The reason in the table."""
        return bool(v["reason"] == self.given["locked"] != "")

    def forced(self, v: Values) -> bool:
        """What a shrinking source may ask."""
        return bool(self.case.shrinking[self.at] and v["most"] == self.row["forced_bound"])

    def unchecked(self, v: Values) -> bool:
        """Rules the proposal lists as unchecked."""
        return set(v["rules"]) <= set(self.made.unchecked["rule"])

    # -- the pool ------------------------------------------------------------------------------------------

    def price(self, v: Values) -> bool:
        """The goals of the round with one unit more in the pool, solved again; and with as many as are said to do alike."""
        unit, points = self.case.policy.unit, self.case.outlook.points.shape[1]
        upto = v.get("upto", unit)
        now, one, far = (self._goals(v["pool"], amount) for amount in (0, unit, upto))
        # Where a shortfall ends, so do the goals of one.
        moved = {name: one.get(name, 0) - now[name] for name in now if one.get(name, 0) != now[name]}
        told = {name: change // (points if name == "disbursement" else 1) for name, change in moved.items()}
        alike = all(change * (upto // unit) == far.get(name, 0) - now[name] for name, change in moved.items())
        return bool(
            v["pool"] == self.row["pool"]
            and v["unit"] == unit
            and dict(v.get("tiers", ())) == told
            and alike
            and upto % unit == 0
        )

    def _goals(self, pool: str, amount: int) -> dict[str, int]:
        """Return the goals that are counted in đồng, with so much more in a pool."""
        inflow = self.case.pools.inflow.copy()
        inflow[self.case.pools.names.index(pool)] += amount
        case = replace(self.case, pools=replace(self.case.pools, inflow=inflow))
        solution = solve(self._program(case), Limits())
        return {
            tier.name: shown(tier.name, tier.value, case.policy.unit)
            for tier in solution.tiers
            if not tier.name.startswith(("worst_first", "canonical"))
        }

    def _program(self, case: Case) -> LinearProgram:
        return assemble(case, self.book, make_bounds(case, self.book))

    def priceless(self, v: Values) -> bool:
        """A part of a proposal, or a round that is no network."""
        none = self.made.meta["parent"] is not None or self.made.proof.marked
        return none and v["pool"] == self.row["pool"]

    def others(self, side: str) -> pd.DataFrame:
        """Return the other lines of the pool that change, with their ranks."""
        lines = self.made.lines
        ranks = self.made.adjustments[["line_id", "rank"]]
        here = (lines["pool"] == self.row["pool"]) & (lines[side] > 0) & (lines["line_id"] != self.line)
        found: pd.DataFrame = lines[here].merge(ranks, on="line_id").sort_values(["rank", "line_id"])
        return found

    def queue(self, v: Values) -> bool:
        """Who receives in its place, by class."""
        found = self.others("add")
        order = [entry.code for entry in self.book.classes]
        own = order.index(self.row["priority"])
        places = [order.index(code) for code in found["priority"]]
        return (v["count"], v["amount"], v["earlier"], v["same"], v["later"]) == (
            len(found),
            found["add"].sum(),
            sum(p < own for p in places),
            sum(p == own for p in places),
            sum(p > own for p in places),
        ) and v["first"] == found["line_id"].head(3).tolist()

    def left(self, side: str) -> list[int]:
        """Return what the lines of the pool could still give or receive, where that is anything."""
        lines = self.made.lines
        here = lines[lines["pool"] == self.row["pool"]]
        pairs = zip(here[f"{side}_bound"].tolist(), here[side].tolist(), strict=True)
        return [most - now for most, now in pairs if most > now]

    def nobody(self, side: str) -> bool:
        """Nobody else changes on this side."""
        return self.others(side).empty

    def chance(self, v: Values) -> bool:
        """How many points of the outlook the next unit lies under."""
        total = int(self.given["plan"]) + int(self.row["add"]) + self.case.policy.unit
        points = self.made.outlook.points[self.at].tolist()
        return bool(v["chance"] == [sum(y >= total for y in points), len(points)])

    def givers(self, v: Values) -> bool:
        """Who else gives, before and after it."""
        found = self.others("cut")
        rank = self.made.adjustments.set_index("line_id")["rank"][self.line]
        before = int((found["rank"] < rank).sum())
        return (v["count"], v["amount"], v["before"], v["after"]) == (
            len(found),
            found["cut"].sum(),
            before,
            len(found) - before,
        )

    def instead(self, v: Values) -> bool:
        """Who gives in its place."""
        found = self.others("cut")
        same = (v["count"], v["amount"]) == (len(found), found["cut"].sum())
        return bool(same and v["first"] == found["line_id"].head(3).tolist() and self.row["cut"] == 0)

    def choice(self, v: Values) -> bool:
        """One unit taken over from the other is legal, changes no earlier goal and worsens this one."""
        side = self.side
        lines, unit = self.made.lines, self.case.policy.unit
        now = {name: lines[name].to_numpy(dtype=np.int64).copy() for name in ("cut", "add")}
        x = [(now["add"] - now["cut"]) // unit]
        now[side][self.at] += unit
        now[side][lines["line_id"].tolist().index(v["other"])] -= unit
        x.append((now["add"] - now["cut"]) // unit)
        if v["unit"] != unit or check_changes(self.case, self.book, Changes(**now)):
            return False
        oracle = object.__new__(Oracle)  # its lists of plans would be too long; its goals are what is wanted
        oracle.case, oracle.rulebook, oracle.unit = self.case, self.book, unit
        oracle.give = (lines["cut_bound"] // unit).tolist()
        for name in self.made.tiers["tier"]:
            before, after = oracle.costs(np.stack(x), name).tolist()
            if before != after or name == v["tier"]:
                return bool(name == v["tier"] and after > before)
        return False

    # -- what would turn it: `test_counterfactual_laws` proposes again ---------------------------------------

    def turn(self, v: Values) -> bool:
        """The counterfactual in words."""
        found = self.made.explain(self.line).counterfactual
        assert found is not None
        keys = {"field": found.field, "before": found.before, "after": found.after, "short": found.short}
        more = {
            "milestone": found.milestone,
            "reading": self.case.policy.judge,
            "as_of": self.made.meta["as_of"],
            "decision": found.decision_after,
            "stays": found.decision_before,
        }
        return all(value == (keys | more)[name] for name, value in v.items()) and found.confirmed

    def in_vain(self, v: Values) -> bool:
        """What was tried."""
        asked = self.made.explain(self.line).turning
        tried = [[each.field, each.value] for each in asked.tried]
        return asked.found is None and v["tried"] == tried and v.get("need", 0) == asked.need

    def also(self, v: Values) -> bool:
        """The other changes that turn it."""
        found = self.made.explain(self.line).counterfactual
        assert found is not None
        return bool(v["others"] == [[each.field, each.after] for each in found.also])


CHECKS: dict[str, Callable[[Reader, Values], bool]] = {
    "paid": Reader.paid,
    "milestone": Reader.milestone,
    "usual": Reader.usual,
    "gap": Reader.gap,
    "bucket": Reader.bucket,
    "missed": Reader.missed,
    "incomplete": Reader.incomplete,
    "forecast": Reader.forecast,
    "cut": Reader.cut,
    "raised": Reader.raised,
    "donor-unchanged": Reader.unchanged,
    "receiver-unchanged": Reader.unchanged,
    "tight-unchanged": Reader.tightly,
    "hold": Reader.hold,
    "pinned-cut": lambda r, v: r.pinned(v, -1),
    "pinned-raise": lambda r, v: r.pinned(v, 1),
    "granted": Reader.granted,
    "short-part": Reader.short_part,
    "ground": Reader.ground,
    "limit": Reader.limit,
    "not-cut": lambda r, v: r.refused(v, "cut"),
    "not-raised": lambda r, v: r.refused(v, "add"),
    "short": Reader.short,
    "locked": Reader.locked,
    "forced": Reader.forced,
    "unchecked": Reader.unchecked,
    "price": Reader.price,
    "price-endless": Reader.price,
    "price-nothing": Reader.price,
    "price-unknown": Reader.priceless,
    "queue": Reader.queue,
    "queue-none": lambda r, _: r.nobody("add"),
    "spare": lambda r, v: (v["count"], v["amount"]) == (len(r.left("cut")), sum(r.left("cut"))),
    "spare-none": lambda r, _: not r.left("cut"),
    "room": lambda r, v: v["count"] == len(r.left("add")),
    "room-none": lambda r, _: not r.left("add"),
    "chance": Reader.chance,
    "givers": Reader.givers,
    "givers-instead": Reader.instead,
    "givers-none": lambda r, _: r.nobody("cut"),
    "choice": Reader.choice,
    "turn-amount": Reader.turn,
    "turn-stated": Reader.turn,
    "turn-milestone": Reader.turn,
    "turn-years": Reader.turn,
    "turn-unlocked": Reader.turn,
    "turn-withdrawn": Reader.turn,
    "turn-paper": Reader.turn,
    "turn-need": lambda r, v: r.made.explain(r.line).turning.need == v["need"] > 0,
    "turn-also": Reader.also,
    "turn-none": Reader.in_vain,
    "turn-none-need": Reader.in_vain,
    "turn-prefix": lambda r, _: r.made.meta["parent"] is not None,
    "offer": lambda r, v: (v["offer"], v["cut"]) == (r.given["offered_decrease"], r.row["cut"]),
    "unmet": lambda r, v: v["unmet"] == int(r.given["requested_increase"]) - int(r.row["add"]),
    "unmet-rule": lambda r, v: v["unmet"] == int(r.given["requested_increase"]) - int(r.row["add"]),
    "waiting": lambda r, v: (
        v["unmet"] == min(int(r.given["requested_increase"]), int(r.row["add_bound"])) - int(r.row["add"]) > 0
    ),
}
OF_A_LETTER = {"reply-cut", "reply-raise", "reply-unmet", "reply-waiting", "reply-offer"}
"""What is said of all lines of an owner; `test_letters` recomputes it."""


def wrong(made: Proposal, line: str, sentences: tuple[Sentence, ...]) -> list[Sentence]:
    """Return the sentences whose claims do not hold."""
    reader = Reader(made, line)
    return [s for s in sentences if not CHECKS[s.claim.kind](reader, s.claim.values)]
