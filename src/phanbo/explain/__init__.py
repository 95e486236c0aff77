"""Why a line is treated as it is, in sentences that anybody can check; letters that tell it to the owners."""

from phanbo.explain.chain import Step
from phanbo.explain.counterfactual import Counterfactual, Tried
from phanbo.explain.explanation import Explanation, explain
from phanbo.explain.letters import Entry, Letter, Letters, letters_of
from phanbo.explain.sentence import Claim, Sentence

__all__ = [
    "Claim",
    "Counterfactual",
    "Entry",
    "Explanation",
    "Letter",
    "Letters",
    "Sentence",
    "Step",
    "Tried",
    "explain",
    "letters_of",
]
