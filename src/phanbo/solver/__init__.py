"""Solvers of a `LinearProgram`: the only modules that import pulp and highspy."""
