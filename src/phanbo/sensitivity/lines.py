"""What one unit more, or less, of a line's bounds changes: of what it may give, of what it may receive."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from phanbo.program import Block
from phanbo.sensitivity.routes import Change, Changes, Routes, negative

if TYPE_CHECKING:
    from phanbo.money import Bools, Ints
    from phanbo.sensitivity.graph import TightFlow
    from phanbo.sensitivity.stated import Least

__all__ = ["LinePrices"]

GUARDS = ("protect", "protect_late")


class LinePrices:
    """The prices of the bounds of lines."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.network, self.stated = routes.network, routes.stated
        self.tiers = routes.tiers

    # -- adds ----------------------------------------------------------------------------------------

    @cached_property
    def add_changes(self) -> Changes:
        """Change for one unit more and one less of each line's add bound, and whether less is possible."""
        net, least = self.network, self.stated.add
        n = len(net.add)
        more, less = (np.zeros((n, self.tiers), dtype=np.int64) for _ in range(2))
        feasible = np.ones(n, dtype=bool)
        at_bound = (net.add == least.bound) & ~self.stated.still
        leaf, inner = self.stated.case.pools.leaf, net.ceilings.inner
        group = np.where(inner >= 0, net.effective[inner] if net.effective.size else -1, -1)
        ends = net.nodes_of(group)
        here = np.flatnonzero(at_bound & least.alone)
        length, found = self.routes.between(ends[here], leaf[here])
        gain = self.routes.at(Block.ADD, here, least.bound[here]) + length
        wanted = found & negative(gain)
        more[here[wanted]] = gain[wanted]
        here = np.flatnonzero(at_bound & (least.rule >= 0) & (least.bound > 0))
        length, found = self.routes.between(ends[here], leaf[here], backwards=True)
        less[here] = length - self.routes.at(Block.ADD, here, least.bound[here] - 1)
        feasible[here[~found]] = False
        return more, less, feasible

    def add(self, line: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less of a line's add bound."""
        net, least = self.network, self.stated.add
        more, less, feasible = (part[line] for part in self.add_changes)
        bound, leaf = int(least.bound[line]), int(self.stated.case.pools.leaf[line])
        inner = int(net.ceilings.inner[line])
        start, room, full = self.routes.entry(inner)
        up = down = self.routes.endless
        if more.any():
            run = net.run(Block.ADD, line, bound, int(least.others[line]))
            up = self.routes.flow(full).most(start, leaf, min(run, room))
        done = int(net.add[line])
        if done and feasible:
            end, flow = int(net.nodes_of(np.array(inner))), self.routes.flow(full, backwards=True)
            down = self._down(Block.ADD, line, bound, flow.length[leaf], flow, leaf, end)
        return Change.of(more, up), self.routes.lower(less, down, bound, feasible)

    def _down(
        self, side: Block, line: int, bound: int, length: Ints, flow: TightFlow, start: int, end: int
    ) -> int:
        """Return how many units the bound of a changed line may fall, each changing the same.

        *length* and *flow* tell what takes the place of the line's last unit. An arc from start to end adds its room
        to the flow, no more and no less: what the line itself could still take is counted apart.
        """
        net = self.network
        done = int((net.add if side == Block.ADD else net.cut)[line])
        inwards = net.run(side, line, done, 0)
        if done == bound:
            return flow.most(start, end, inwards)
        last = net.price(side, line, done - 1)
        if (length != last).any():
            return bound - done
        own = 0
        if (net.price(side, line, done) == last).all():
            own = net.run(side, line, done, bound)
        return bound - done + flow.most(start, end, inwards + own) - own

    # -- cuts ----------------------------------------------------------------------------------------

    @cached_property
    def _guards(self) -> Ints:
        """The cost of cutting one unit of each line below its surplus, apart from what it loses."""
        case, found = self.stated.case, np.zeros((len(self.network.cut), self.tiers), dtype=np.int64)
        for k, name in enumerate(self.network.names):
            if name in GUARDS:
                found[:, k] = case.late == (name == "protect_late")
        return found

    @cached_property
    def shared(self) -> tuple[int, ...]:
        """The tiers that guard what lies below the surplus."""
        return tuple(k for k, name in enumerate(self.network.names) if name in GUARDS)

    @cached_property
    def deepest(self) -> Ints:
        """The most each line may be cut when its source shrinks, in units."""
        return np.maximum(self.stated.cut.bound, self.stated.forced.bound)

    @cached_property
    def widely(self) -> Bools:
        """Lines whose cut bound is attained by a rule that also holds when their source shrinks."""
        holds = np.array([*(rule.when_forced for rule in self.stated.rules), False], dtype=bool)
        return holds[self.stated.cut.rule]

    @cached_property
    def _lone(self) -> Bools:
        """Lines whose rule shares the cut bound with others, but holds alone when the source shrinks."""
        cut, forced = self.stated.cut, self.stated.forced
        return np.asarray(~cut.alone & forced.alone & (cut.rule == forced.rule))

    @cached_property
    def cut_changes(self) -> Changes:
        """Change for one unit more and one less of each line's cut bound, and whether less is possible."""
        net, least = self.network, self.stated.cut
        more, less, feasible = self._cuts(least, least.bound, least.alone, self.widely)
        lone = self._lone
        more[lone] = self.forced_changes[0][lone]
        # The bound moved alone guards one unit less of what is cut anyway, or one more.
        here = np.flatnonzero((net.cut > least.bound) & ~self.widely & (least.rule >= 0) & ~self.stated.still)
        alone = here[least.alone[here]]
        more[alone] = -self._guards[alone]
        here = here[least.bound[here] > 0]
        less[here], feasible[here] = self._guards[here], True
        edge = np.flatnonzero(
            (net.cut == least.bound)
            & (least.bound > 0)
            & ~self.widely
            & (least.rule >= 0)
            & ~self.stated.still
        )
        guarded = edge[~feasible[edge] | negative(self._guards[edge] - less[edge])]
        less[guarded], feasible[guarded] = self._guards[guarded], True
        return more, less, feasible

    @cached_property
    def forced_changes(self) -> Changes:
        """Change for one unit more and one less of what a line gives when its source shrinks."""
        return self._cuts(self.stated.forced, self.deepest, self.stated.forced.alone, None)

    def _cuts(self, least: Least, bound: Ints, alone: Bools, unguarded: Bools | None) -> Changes:
        """Return the changes where the plan is at the bound; below the surplus unless *unguarded* is given."""
        net, leaf = self.network, self.stated.case.pools.leaf
        more, less = (np.zeros((len(bound), self.tiers), dtype=np.int64) for _ in range(2))
        feasible = np.ones(len(bound), dtype=bool)
        at_bound = (net.cut == bound) & (least.rule >= 0) & ~self.stated.still
        here = np.flatnonzero(at_bound & alone)
        gain = self.routes.at(Block.CUT, here, bound[here]) + net.to_ground.length[0][leaf[here]]
        if unguarded is not None:
            gain -= self.routes.at(Block.CUT, here, bound[here]) * self._shared_mask
        wanted = net.to_ground.found[0][leaf[here]] & negative(gain)
        more[here[wanted]] = gain[wanted]
        here = np.flatnonzero(at_bound & (bound > 0))
        less[here] = net.from_ground.length[0][leaf[here]] - self.routes.at(Block.CUT, here, bound[here] - 1)
        feasible[here] = net.from_ground.found[0][leaf[here]]
        return more, less, feasible

    @cached_property
    def _shared_mask(self) -> Ints:
        mask = np.zeros(self.tiers, dtype=np.int64)
        mask[list(self.shared)] = 1
        return mask

    def cut(self, line: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less of a line's cut bound."""
        net, least = self.network, self.stated.cut
        more, less, feasible = (part[line] for part in self.cut_changes)
        bound, done = int(least.bound[line]), int(net.cut[line])
        up = down = self.routes.endless
        if more.any():
            end = int(least.others[line])
            if self._lone[line]:
                up = self._up(line, bound, int(self.stated.forced.others[line]), ())
            else:
                up = self._unguarded(line, end) if done > bound else self._up(line, bound, end, self.shared)
        if done and bound and feasible:
            guarded = not self.widely[line] and (less == self._guards[line]).all()
            down = bound if guarded else self._fewer(line, bound)
        return Change.of(more, up), self.routes.lower(less, down, bound, feasible)

    def forced(self, line: int) -> tuple[Change, Change]:
        """Return the change for one unit more and one less of what a line gives when its source shrinks."""
        net = self.network
        more, less, feasible = (part[line] for part in self.forced_changes)
        bound = int(self.deepest[line])
        up = down = self.routes.endless
        if more.any():
            up = self._up(line, bound, int(self.stated.forced.others[line]), ())
        if net.cut[line] and feasible:
            down = self._fewer(line, bound)
        return Change.of(more, up), self.routes.lower(less, down, bound, feasible)

    def _up(self, line: int, bound: int, end: int, shared: tuple[int, ...]) -> int:
        net, leaf = self.network, int(self.stated.case.pools.leaf[line])
        return net.flow_to_ground.most(leaf, net.ground, net.run(Block.CUT, line, bound, end, shared))

    def _unguarded(self, line: int, end: int) -> int:
        """Return how many units of a line cut below its surplus a looser bound sets free, each for the same.

        First those that are cut anyway; then others in the place of equal ones of other lines.
        """
        net, leaf = self.network, int(self.stated.case.pools.leaf[line])
        bound, done = int(self.stated.cut.bound[line]), int(net.cut[line])
        if end <= done:
            return end - bound
        following, last = (net.price(Block.CUT, line, at) for at in (done, done - 1))
        if (net.to_ground.length[0][leaf] != -following).any():
            return done - bound
        own = min(done - bound, net.run(Block.CUT, line, done, bound)) if (following == last).all() else 0
        others = net.run(Block.CUT, line, done, end, self.shared)
        return done - bound + net.flow_to_ground.most(leaf, net.ground, others + own) - own

    def _fewer(self, line: int, bound: int) -> int:
        net, leaf = self.network, int(self.stated.case.pools.leaf[line])
        length = net.from_ground.length[0][leaf]
        return self._down(Block.CUT, line, bound, length, net.flow_from_ground, net.ground, leaf)
