"""Which line a Treasury row is of, where code or name leave no doubt; and which lines it could be of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phanbo.money import format_dong
from phanbo.tables.matching.keys import code_key, likeness, name_key
from phanbo.tables.schema import kind_of
from phanbo.tables.schema.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from phanbo.tables.check.grid import Grid

__all__ = ["Candidate", "Decided", "Entry", "decide", "entries"]

LEAST = 50
"""Proposals below this score are not worth a look."""

MOST = 3
"""Proposals a row."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of either table, made comparable."""

    at: int
    id: str
    code: str
    name: str
    owner: str
    source: str
    kind: str
    year: int | None
    part: str
    plan: int | None
    paid: int
    locality: str = ""
    nature: str = ""

    @property
    def project(self) -> str:
        """What ties the lines of one project together."""
        return self.code or f"{self.owner}\x1f{self.name}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line a row may be of: how sure, and why."""

    row: int
    line: int
    score: int
    evidence: str
    how: str = "review"


@dataclass(slots=True)
class Decided:
    """What was taken, what is proposed, and why a row was not taken (its code of finding)."""

    taken: list[Candidate] = field(default_factory=list)
    proposed: list[Candidate] = field(default_factory=list)
    why: dict[int, str] = field(default_factory=dict)


def entries(grid: Grid, ids: Sequence[str], paid: Sequence[int]) -> list[Entry]:
    """Return the rows of a table made comparable."""
    years, plans = grid.values("plan_year").tolist(), grid.values("plan").tolist()
    knows_year, knows_plan = grid.known("plan_year").tolist(), grid.known("plan").tolist()
    text = {
        name: grid.values(name).tolist() if name in grid.table.names else [""] * len(grid)
        for name in ("project_id", "project", "owner", "source", "component", "nature", "locality")
    }
    kinds = {source: kind_of(source) for source in set(text["source"]) if source}
    return [
        Entry(
            at,
            ids[at],
            code_key(text["project_id"][at]),
            name_key(text["project"][at]),
            name_key(text["owner"][at]),
            fold(text["source"][at]),
            kinds.get(text["source"][at], ""),
            int(years[at]) if knows_year[at] else None,
            name_key(text["component"][at]),
            int(plans[at]) if knows_plan[at] else None,
            int(paid[at]),
            fold(text["locality"][at]),
            text["nature"][at],
        )
        for at in range(len(grid))
    ]


def decide(rows: Sequence[Entry], lines: Sequence[Entry]) -> Decided:
    """Take what code or name decide alone; propose the likeliest lines for the rest."""
    known = _Lines(lines)
    out = Decided()
    open_: list[Entry] = []
    taken: dict[int, list[Candidate]] = defaultdict(list)
    for row in rows:
        found = _by_code(row, known, out) if row.code in known.codes else _by_name(row, known, out)
        if found is None:
            open_.append(row)
        else:
            taken[found.line].append(found)
    for line, group in sorted(taken.items()):
        if len(group) == 1 or _are_parts([rows[each.row] for each in group], group, lines[line]):
            out.taken += group
        else:
            out.why |= dict.fromkeys((each.row for each in group), "treasury-several")
            open_ += [rows[each.row] for each in group]
    held = {each.line for each in out.taken}
    for row in sorted(open_, key=lambda row: row.at):
        out.proposed += _propose(row, known, held)
    return out


class _Lines:
    """The lines by code, by name and by word."""

    def __init__(self, lines: Sequence[Entry]) -> None:
        self.lines = lines
        self.codes: dict[str, list[Entry]] = defaultdict(list)
        self.names: dict[str, list[Entry]] = defaultdict(list)
        self.words: dict[str, set[str]] = defaultdict(set)
        self.bare: dict[str, list[Entry]] = defaultdict(list)
        for line in lines:
            if line.code:
                self.codes[line.code].append(line)
                self.bare[line.code.lstrip("0")].append(line)
            self.names[line.name].append(line)
        for name in self.names:
            for word in name.split():
                self.words[word].add(name)

    def near(self, name: str) -> list[str]:
        """Return the names that share the rarest words, the likeliest thirty."""
        shared: dict[str, float] = defaultdict(float)
        for word in sorted(set(name.split())):
            holders = self.words.get(word, set())
            if len(holders) <= max(50, len(self.names) // 5):
                for other in holders:
                    shared[other] += 1 / len(holders)
        return sorted(shared, key=lambda other: (-shared[other], other))[:30]


def _agree(row: Entry, line: Entry) -> bool | None:
    """Whether source, plan year and part agree: no, cannot be said, or yes (what the row does not tell agrees)."""
    if row.year is not None and line.year is not None and row.year != line.year:
        return False
    if row.part and line.part and row.part != line.part:
        return False
    if row.nature and line.nature and row.nature != line.nature:
        return False
    if not row.source or row.source == line.source:
        return True
    if not row.kind or not line.kind or row.kind == line.kind == "central_programme":
        return None  # one kind, but which of the national target programmes?
    return row.kind == line.kind


def _only(row: Entry, among: Iterable[Entry], out: Decided) -> Entry | None:
    """Return the one line possible, where it agrees beyond doubt."""
    judged = [(line, _agree(row, line)) for line in among]
    possible = [(line, sure) for line, sure in judged if sure is not False]
    if len(possible) == 1 and possible[0][1]:
        return possible[0][0]
    same = [line for line, _ in possible if row.source and line.source == row.source]
    years = {line.year for line, _ in possible}
    if len(same) == 1 and len(years) == 1:  # the source is spelt alike on one line only
        return same[0]
    if possible:
        out.why[row.at] = "treasury-ambiguous"
    return None


def _by_code(row: Entry, known: _Lines, out: Decided) -> Candidate | None:
    line = _only(row, known.codes[row.code], out)
    if line is None:
        return None
    if row.name and line.name and not set(row.name.split()) & set(line.name.split()):
        out.why[row.at] = "treasury-name-differs"  # one code, two projects: a mistyped code
        return None
    return Candidate(row.at, line.at, 100, _evidence(row, line, ["cùng mã dự án"]), "code")


def _by_name(row: Entry, known: _Lines, out: Decided) -> Candidate | None:
    alike = known.names.get(row.name, []) if row.name else []
    fitting = [
        line
        for line in alike
        if not (row.code and line.code) and not (row.owner and line.owner and row.owner != line.owner)
    ]
    line = _only(row, fitting, out)
    if line is None:
        return None
    if len({each.project for each in alike}) > 1 and not row.owner:
        out.why[row.at] = (
            "treasury-ambiguous"  # two projects of one name; only the year or source told them apart
        )
        return None
    return Candidate(row.at, line.at, 100, _evidence(row, line, ["cùng tên dự án"]), "name")


def _are_parts(rows: Sequence[Entry], group: Sequence[Candidate], line: Entry) -> bool:
    """Whether several rows of one line are plainly its parts: told apart, and together within the plan."""
    told = {
        (row.part, row.kind or row.source) for row in rows
    }  # one source spelt two ways tells nothing apart
    apart = len(told) == len(rows) and all(row.part or row.source for row in rows)
    return (
        apart
        and all(each.how == "code" for each in group)
        and line.plan is not None
        and sum(row.paid for row in rows) <= line.plan
    )


def _evidence(row: Entry, line: Entry, said: list[str]) -> str:
    if row.source:
        alike = row.source == line.source or (row.kind and row.kind == line.kind)
        said.append("cùng nguồn vốn" if alike else "nguồn vốn khác hoặc không rõ")
    if row.year is not None and line.year is not None:
        said.append(f"năm {row.year}" if row.year == line.year else f"năm {row.year} khác {line.year}")
    if row.owner and line.owner:
        said.append("cùng chủ đầu tư" if row.owner == line.owner else "chủ đầu tư khác")
    if row.plan is not None and line.plan is not None and row.plan == line.plan:
        said.append(f"kế hoạch bằng nhau đến đồng ({format_dong(line.plan)})")
    if line.locality and line.locality in row.name:
        said.append("cùng địa bàn")
    return "; ".join(said)


def _propose(row: Entry, known: _Lines, held: set[int]) -> list[Candidate]:
    """Return the likeliest lines, best first; the score only orders them and takes nothing."""
    names = {
        name: likeness(row.name, name) for name in {*known.near(row.name), row.name} if name in known.names
    }
    coded = known.bare.get(row.code.lstrip("0"), []) if row.code.strip("0") else []
    among = {line.at: line for name in names for line in known.names[name]} | {
        line.at: line for line in coded
    }
    found = []
    for line in among.values():
        like = names.get(line.name) if line.name in names else likeness(row.name, line.name)
        same_code = bool(row.code) and row.code == line.code
        bare = not same_code and line in coded
        score = 90 if same_code else 80 if bare else 60 * (like or 0) // 100
        score += 10 * bool(row.owner and row.owner == line.owner)
        score += 15 * (row.plan is not None and row.plan == line.plan and row.plan > 0)
        score += 5 * bool(row.kind and row.kind == line.kind) + 5 * (
            row.year is not None and row.year == line.year
        )
        score += 5 * bool(line.locality and line.locality in row.name)
        score -= 20 * (_agree(row, line) is False) + 15 * (line.at in held)
        score = max(0, min(99, score))
        if score < LEAST and (like or 0) < 80:
            continue
        said = ["cùng mã dự án"] if same_code else ["mã chỉ khác số 0 ở đầu"] if bare else []
        said.append("cùng tên" if row.name == line.name else f"tên giống {like} %")
        if row.code and line.code and not same_code and not bare:
            said.append("mã dự án khác")
        if line.at in held:
            said.append("dòng đã có số Kho bạc")
        found.append(Candidate(row.at, line.at, score, _evidence(row, line, said)))
    found.sort(key=lambda each: (-each.score, known.lines[each.line].id))
    return found[:MOST]
