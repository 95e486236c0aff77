"""Calibrate σ₀, the spread of the built-in forecast, on Peruvian payments, and measure it on years held out.

Run ``python benchmarks/calibrate_absorption.py [DATA]``. DATA is the folder with the CSV files below; without
it the environment variable ``PHANBO_DATA``, else ``../shared/data`` beside the repository.

A case is one series (department × level of government) in one year, seen at the end of one month. With D paid
so far, F paid by the end of the year and c the mean share of the year paid by then in the training years,

    ε = ln((F − D) / (D/c − D)) / √(1 − c)

is σ₀·z if the model is right. Q(0.2) reads the point at level 3.5/20 (K = 20), so σ₀ puts that point where it
belongs in the training years: σ₀ = quantile(ε, 0.175) / z(0.175). Only the lower side is fitted: it decides
who may receive.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

MONTHLY = "peru_2010_2016_monthly_department_level.csv"
PROJECTS = "peru_2020_projects_regional.csv"
TRAINING = (2010, 2011, 2012, 2013)
HELD_OUT = (2014, 2015, 2016)
MONTHS = range(3, 12)
LEVELS = {0.2: 3.5 / 20, 0.5: 9.5 / 20, 0.8: 15.5 / 20}
"""Q(q) with K = 20 is the point of this level."""

SHARES = (0.1, 0.175, 0.5, 0.825, 0.9)
KEYS = ["department", "level", "year"]


def data_folder(argument: str | None = None) -> Path:
    """Return the folder of the public data: the argument, ``PHANBO_DATA``, or ``../shared/data``."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(argument or os.environ.get("PHANBO_DATA") or beside)


def cumulative(folder: Path) -> pd.DataFrame:
    """Return payments from 1/1 to the end of each month (columns 1 … 12), soles, a row a series and year."""
    months = pd.read_csv(folder / MONTHLY)
    return months.pivot_table(index=KEYS, columns="month", values="accrued", aggfunc="sum").cumsum(axis=1)


def of_years(paid: pd.DataFrame, years: tuple[int, ...]) -> pd.DataFrame:
    """Return the rows of some years."""
    return paid[paid.index.get_level_values("year").isin(years)]


def curve(paid: pd.DataFrame) -> pd.Series[float]:
    """Return the mean share of the year paid by the end of each month."""
    return paid.div(paid[12], axis=0).mean()


def standardised(paid: pd.DataFrame, share: pd.Series[float]) -> pd.DataFrame:
    """Return ε of each case (rows as *paid*, columns the months); −∞ where nothing more was paid."""
    final = paid[12]
    columns = {}
    for month in MONTHS:
        c = float(share[month])
        more = (final - paid[month]).clip(lower=0) / (paid[month] * (1 - c) / c)
        with np.errstate(divide="ignore"):
            columns[month] = np.log(more) / np.sqrt(1 - c)
    return pd.DataFrame(columns)


def sigma(epsilon: pd.DataFrame) -> float:
    """Return σ₀ with its point of level 0.175 where 17.5 % of the cases end below, two decimals."""
    level = LEVELS[0.2]
    # "lower" is an order statistic: no average with a case of −∞
    below = np.quantile(epsilon.to_numpy().ravel(), level, method="lower")
    return round(float(below) / NormalDist().inv_cdf(level), 2)


def coverage(epsilon: pd.DataFrame, sigma0: float) -> pd.DataFrame:
    """Return the share of cases that end at or above Q(0.2), Q(0.5), Q(0.8): by month, and of all."""
    table = pd.DataFrame(
        {f"Q({q})": (epsilon >= sigma0 * NormalDist().inv_cdf(p)).mean() for q, p in LEVELS.items()}
    )
    table.loc["all"] = table.mean()
    return table


def each_year_left_out(paid: pd.DataFrame) -> pd.DataFrame:
    """Return σ₀ and the coverage of each year when the six others are the training years."""
    years = (*TRAINING, *HELD_OUT)
    rows = {}
    for year in years:
        rest = of_years(paid, tuple(y for y in years if y != year))
        share = curve(rest)
        sigma0 = sigma(standardised(rest, share))
        covered = coverage(standardised(of_years(paid, (year,)), share), sigma0)
        rows[year] = {"sigma0": sigma0, **covered.loc["all"].to_dict()}
    return pd.DataFrame(rows).T


def by_group(epsilon: pd.DataFrame, paid: pd.DataFrame) -> pd.Series[float]:
    """Return the σ₀ that each level of government and each half by size would ask for."""
    level = epsilon.index.get_level_values("level")
    size = paid[12].groupby(level=["department", "level"]).transform("median").reindex(epsilon.index)
    small = (size < size.median()).to_numpy()
    groups = {str(name): level == name for name in level.unique()} | {"small": small, "large": ~small}
    return pd.Series({name: sigma(epsilon[mask]) for name, mask in groups.items()})


def project_shares(folder: Path) -> pd.DataFrame:
    """Return how paid shares (accrued ÷ plan, 16/11/2020) spread over single projects and over whole regions.

    A spread *between* projects at one date, not the error of a forecast: the file has no final payment.
    """
    projects = pd.read_csv(folder / PROJECTS)
    projects = projects[projects["pim"] > 0]
    regions = projects.groupby("region")[["accrued", "pim"]].sum()
    shares = {
        "projects": projects["accrued"] / projects["pim"],
        "of these, some paid": projects.loc[projects["accrued"] > 0, "accrued"] / projects["pim"],
        "regions": regions["accrued"] / regions["pim"],
    }
    return pd.DataFrame({name: share.quantile(list(SHARES)) for name, share in shares.items()})


def main() -> None:
    """Print the calibration and what it is worth."""
    folder = data_folder(sys.argv[1] if len(sys.argv) > 1 else None)
    paid = cumulative(folder)
    training, held_out = of_years(paid, TRAINING), of_years(paid, HELD_OUT)
    share = curve(training)
    epsilon = standardised(training, share)
    sigma0 = sigma(epsilon)
    unseen = standardised(held_out, share)
    print(f"training {TRAINING[0]}-{TRAINING[-1]}: {epsilon.size} cases, sigma0 = {sigma0}\n")
    print("c by month (training):", share.round(3).to_dict(), "\n")
    print("share of training cases at or above", coverage(epsilon, sigma0).round(3), sep="\n")
    print(f"\nheld out {HELD_OUT[0]}-{HELD_OUT[-1]}: {unseen.size} cases, share at or above")
    print(coverage(unseen, sigma0).round(3))
    print("\neach year left out in turn, all months", each_year_left_out(paid).round(3), sep="\n")
    print("\nby level of government (held out, all months)")
    levels = unseen.groupby(level="level")
    print(pd.DataFrame({name: coverage(part, sigma0).loc["all"] for name, part in levels}).T.round(3))
    print("\nsigma0 each group of training cases would ask for", by_group(epsilon, training), sep="\n")
    print("\naccrued / plan on 16/11/2020, quantiles", project_shares(folder).round(3), sep="\n")


if __name__ == "__main__":
    main()
