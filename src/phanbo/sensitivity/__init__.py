"""What one unit more or less would change, and what each rule costs (``docs/prices.md``)."""

from phanbo.sensitivity.prices import Price, Prices, Side, prices_of, with_prices
from phanbo.sensitivity.rule_costs import rule_costs

__all__ = ["Price", "Prices", "Side", "prices_of", "rule_costs", "with_prices"]
