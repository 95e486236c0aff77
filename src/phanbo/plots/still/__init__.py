"""Static pictures, drawn with matplotlib and without pyplot: nothing global is changed, the same data give the same file."""

from phanbo.plots.still.absorption import absorption
from phanbo.plots.still.flows import flows
from phanbo.plots.still.pareto import pareto
from phanbo.plots.still.picture import Picture
from phanbo.plots.still.standing import milestones, owners
from phanbo.plots.still.waterfall import waterfall

__all__ = ["Picture", "absorption", "flows", "milestones", "owners", "pareto", "waterfall"]
