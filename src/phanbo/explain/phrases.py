"""The catalogue of every sentence an explanation can say, Vietnamese and English.

``{cut:money}`` writes the value ``cut`` of the claim as an amount; `writing.WRITERS` lists the ways of writing. So a text
says what its claim says, and nothing else.
"""

from __future__ import annotations

from phanbo.catalogue import both, unfilled

__all__ = ["PHRASES"]

PHRASES: dict[str, tuple[str, str]] = {
    # -- figures
    "paid": unfilled("explain.paid"),
    "milestone": unfilled("explain.milestone"),
    "usual": unfilled("explain.usual"),
    "bucket": unfilled("explain.bucket"),
    "gap": unfilled("explain.gap"),
    "missed": unfilled("explain.missed"),
    "incomplete": unfilled("explain.incomplete"),
    "forecast": unfilled("explain.forecast"),
    # -- decision
    "cut": unfilled("explain.cut"),
    "raised": unfilled("explain.raised"),
    "donor-unchanged": unfilled("explain.donor_unchanged"),
    "receiver-unchanged": unfilled("explain.receiver_unchanged"),
    "hold": unfilled("explain.hold"),
    "tight-unchanged": unfilled("explain.tight_unchanged"),
    "pinned-cut": unfilled("explain.pinned_cut"),
    "pinned-raise": unfilled("explain.pinned_raise"),
    "offer": unfilled("explain.offer"),
    # -- rules
    "ground": unfilled("explain.ground"),
    "limit": unfilled("explain.limit"),
    "short": unfilled("explain.short"),
    "short-part": both("explain.short_part"),
    "granted": unfilled("explain.granted"),
    "not-cut": unfilled("explain.not_cut"),
    "not-raised": unfilled("explain.not_raised"),
    "locked": unfilled("explain.locked"),
    "forced": unfilled("explain.forced"),
    "unchecked": unfilled("explain.unchecked"),
    # -- the pool and the order
    "price": unfilled("explain.price"),
    "price-endless": unfilled("explain.price_endless"),
    "price-nothing": unfilled("explain.price_nothing"),
    "price-unknown": unfilled("explain.price_unknown"),
    "queue": unfilled("explain.queue"),
    "queue-none": both("explain.queue_none"),
    "spare": unfilled("explain.spare"),
    "spare-none": both("explain.spare_none"),
    "room": unfilled("explain.room"),
    "room-none": both("explain.room_none"),
    "chance": unfilled("explain.chance"),
    "givers": unfilled("explain.givers"),
    "givers-instead": unfilled("explain.givers_instead"),
    "givers-none": both("explain.givers_none"),
    "choice": unfilled("explain.choice"),
    # -- letters
    "unmet": unfilled("explain.unmet"),
    "unmet-rule": unfilled("explain.unmet_rule"),
    "waiting": unfilled("explain.waiting"),
    "reply-cut": unfilled("explain.reply_cut"),
    "reply-raise": unfilled("explain.reply_raise"),
    "reply-unmet": unfilled("explain.reply_unmet"),
    "reply-waiting": unfilled("explain.reply_waiting"),
    "reply-offer": unfilled("explain.reply_offer"),
    # -- what would turn it
    "turn-amount": unfilled("explain.turn_amount"),
    "turn-stated": unfilled("explain.turn_stated"),
    "turn-milestone": unfilled("explain.turn_milestone"),
    "turn-years": unfilled("explain.turn_years"),
    "turn-unlocked": unfilled("explain.turn_unlocked"),
    "turn-withdrawn": unfilled("explain.turn_withdrawn"),
    "turn-paper": unfilled("explain.turn_paper"),
    "turn-need": unfilled("explain.turn_need"),
    "turn-also": unfilled("explain.turn_also"),
    "turn-none": unfilled("explain.turn_none"),
    "turn-none-need": unfilled("explain.turn_none_need"),
    "turn-prefix": both("explain.turn_prefix"),
}
