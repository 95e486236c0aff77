"""The catalogue of every sentence an explanation can say, Vietnamese and English.

``{cut:money}`` writes the value ``cut`` of the claim as an amount; `writing.WRITERS` lists the ways of writing. So a text
says what its claim says, and nothing else.
"""

from __future__ import annotations

__all__ = ["PHRASES"]

PHRASES: dict[str, tuple[str, str]] = {
    # -- figures
    "paid": (
        "Đến {as_of:day} giải ngân {ratio:share} kế hoạch: {disbursed:money} trên {plan:money}.",
        "{ratio:share} of the plan disbursed by {as_of:day}: {disbursed:money} of {plan:money}.",
    ),
    "milestone": (
        (
            "Mốc {milestone:day} yêu cầu {share:share} kế hoạch, tức {required:money}; xét theo số {reading:reading} đạt "
            "{ratio:share}: {reached:reached}."
        ),
        (
            "The milestone of {milestone:day} asks for {share:share} of the plan, that is {required:money}; the "
            "{reading:reading} reading gives {ratio:share}: {reached:reached}."
        ),
    ),
    "usual": (
        (
            "Chưa có mốc; mức chung của nhóm là {share:share} kế hoạch; xét theo số {reading:reading} đạt {ratio:share}: "
            "{reached:reached}."
        ),
        (
            "No milestone yet; {share:share} of the plan is usual for its group; the {reading:reading} reading gives "
            "{ratio:share}: {reached:reached}."
        ),
    ),
    "bucket": (
        (
            "Các dòng vốn cùng phân loại của chủ đầu tư gộp lại đạt {ratio:share} so với {share:share} yêu cầu: "
            "{reached:reached}."
        ),
        (
            "The owner's lines of this stage together reach {ratio:share} against {share:share} required: "
            "{reached:reached}."
        ),
    ),
    "gap": ("Còn thiếu {gap:money}.", "It falls short by {gap:money}."),
    "missed": (
        "Đã quá hạn {act:act} ngày {deadline:day}.",
        "The deadline of {deadline:day} for this is missed: {act:act}.",
    ),
    "incomplete": (
        "Đến {as_of:day} thủ tục đầu tư chưa đủ.",
        "On {as_of:day} the investment procedures are not complete.",
    ),
    "forecast": (
        "Nếu đủ vốn, đến {horizon:day} có thể giải ngân {median:money} (mức giữa, theo {basis:basis}).",
        "With money enough it may spend {median:money} by {horizon:day} (median; {basis:basis}).",
    ),
    # -- decision
    "cut": (
        "Phương án giảm {cut:money} (có thể giảm tối đa {most:money}); kế hoạch còn {after:money}.",
        "The proposal cuts it by {cut:money} (it may give at most {most:money}); its plan becomes {after:money}.",
    ),
    "raised": (
        "Phương án bổ sung {add:money} (có thể được bổ sung tối đa {most:money}); kế hoạch thành {after:money}.",
        "The proposal raises it by {add:money} (it may receive at most {most:money}); its plan becomes {after:money}.",
    ),
    "donor-unchanged": (
        "Phương án giữ nguyên kế hoạch {plan:money}, dù có thể giảm tối đa {most:money}.",
        "The proposal leaves its plan of {plan:money} unchanged, though it may give at most {most:money}.",
    ),
    "receiver-unchanged": (
        "Phương án giữ nguyên kế hoạch {plan:money}, dù có thể được bổ sung tối đa {most:money}.",
        "The proposal leaves its plan of {plan:money} unchanged, though it may receive at most {most:money}.",
    ),
    "hold": (
        "Phương án giữ nguyên kế hoạch {plan:money}: dòng vốn không thuộc diện giảm và không được bổ sung.",
        "The line stays as it is, with its plan of {plan:money}: it may neither give nor receive.",
    ),
    "tight-unchanged": (
        (
            "Phương án giữ nguyên kế hoạch {plan:money}: nguồn hụt thu vượt quá phần vốn có thể giảm, nên nhóm vốn này không "
            "bổ sung cho dòng nào."
        ),
        (
            "The proposal leaves its plan of {plan:money} unchanged: its source falls short by more than its lines can "
            "spare, and such a pool raises nobody."
        ),
    ),
    "pinned-cut": (
        "Cấp xem xét yêu cầu giảm ít nhất {pin:money}.",
        "The reviewers of the round ask that it be cut by at least {pin:money}.",
    ),
    "pinned-raise": (
        "Cấp xem xét yêu cầu bổ sung ít nhất {pin:money}.",
        "The reviewers of the round ask that it be raised by at least {pin:money}.",
    ),
    "offer": (
        "Chủ đầu tư đề nghị giảm {offer:money}; phương án giảm {cut:money}.",
        "The owner offers to give up {offer:money}; the proposal cuts {cut:money}.",
    ),
    # -- rules
    "ground": ("Căn cứ: {rules:rules}.", "Ground: {rules:rules}."),
    "limit": (
        "Mức tối đa {most:money} do: {rules:rules}.",
        "What sets the most at {most:money}: {rules:rules}.",
    ),
    "short": ("Chưa đến mức tối đa vì: {rules:rules}.", "What stops it short of the most: {rules:rules}."),
    "short-part": (
        "Chưa đến mức tối đa vì đây chỉ là phần đầu của một phương án.",
        "What stops it short of the most: this is only the first part of a proposal.",
    ),
    "granted": (
        "Trong đó {by:money} vượt quy định do {who:grantor} cho phép thêm: {rules:rules}.",
        "Of it {by:money} were granted by {who:grantor} beyond the rule: {rules:rules}.",
    ),
    "not-cut": ("Không bị giảm vì: {rules:rules}.", "Why it is not cut: {rules:rules}."),
    "not-raised": ("Không được bổ sung vì: {rules:rules}.", "Why it is not raised: {rules:rules}."),
    "locked": (
        "Lý do giữ nguyên đã ghi: “{reason:text}”.",
        "The reason stated for the lock: “{reason:text}”.",
    ),
    "forced": (
        "Nguồn hụt thu: có thể phải giảm đến {most:money}.",
        "Its source shrinks: it may have to give up to {most:money}.",
    ),
    "unchecked": (
        "Chưa kiểm tra được vì thiếu số liệu: {rules:titles}.",
        "Not checked, for want of figures: {rules:titles}.",
    ),
    # -- the pool and the order
    "price": (
        "Nếu nhóm vốn “{pool:text}” có thêm {unit:money} trong đợt này thì {tiers:tiers} (đúng đến {upto:money} có thêm).",
        (
            "{unit:money} more in the pool “{pool:text}” in this round would mean: {tiers:tiers} (this holds up to "
            "{upto:money} more)."
        ),
    ),
    "price-endless": (
        "Nếu nhóm vốn “{pool:text}” có thêm {unit:money} trong đợt này thì {tiers:tiers} (bao nhiêu cũng vậy).",
        "{unit:money} more in the pool “{pool:text}” in this round would mean: {tiers:tiers} (however much more).",
    ),
    "price-nothing": (
        "Nhóm vốn “{pool:text}” có thêm {unit:money} trong đợt này cũng không đổi được mục tiêu nào.",
        "{unit:money} more in the pool “{pool:text}” would change no goal of this round.",
    ),
    "price-unknown": (
        "Giá của nhóm vốn “{pool:text}” không tính được cho phương án này.",
        "The price of the pool “{pool:text}” is not known for this proposal.",
    ),
    "queue": (
        (
            "Cùng nhóm vốn có {count:count} dòng khác được bổ sung {amount:money}, trước hết là {first:lines}: "
            "{earlier:count} dòng thuộc lớp ưu tiên trước, {same:count} dòng cùng lớp, {later:count} dòng lớp sau."
        ),
        (
            "In its pool {count:count} other lines receive {amount:money}, {first:lines} first: {earlier:count} of an earlier "
            "class of priority, {same:count} of the same, {later:count} of a later one."
        ),
    ),
    "queue-none": (
        "Trong nhóm vốn này không có dòng nào khác được bổ sung.",
        "No other line of its pool receives anything.",
    ),
    "spare": (
        "Trong nhóm vốn còn {count:count} dòng có thể giảm thêm {amount:money}.",
        "In its pool {count:count} lines could still give {amount:money}.",
    ),
    "spare-none": (
        "Trong nhóm vốn không còn dòng nào có thể giảm thêm.",
        "No line of its pool could give any more.",
    ),
    "room": (
        "Trong nhóm vốn còn {count:count} dòng chưa được bổ sung đến mức tối đa.",
        "In its pool {count:count} lines receive less than the most they may.",
    ),
    "room-none": (
        "Trong nhóm vốn không còn dòng nào được nhận thêm.",
        "No line of its pool may receive any more.",
    ),
    "chance": (
        "Mỗi đồng cấp thêm tiếp theo có {chance:share} khả năng được giải ngân.",
        "The next đồng added to it would be spent with a chance of {chance:share}.",
    ),
    "givers": (
        (
            "Cùng nhóm vốn có {count:count} dòng khác giảm {amount:money}: {before:count} dòng đứng trước trong bảng xếp hạng, "
            "{after:count} dòng đứng sau hoặc ngang."
        ),
        (
            "In its pool {count:count} other lines give {amount:money}: {before:count} before it in the ranking, "
            "{after:count} after or level."
        ),
    ),
    "givers-instead": (
        "Cùng nhóm vốn có {count:count} dòng khác giảm {amount:money}, trước hết là {first:lines}.",
        "In its pool {count:count} other lines give {amount:money}, {first:lines} first.",
    ),
    "givers-none": (
        "Trong nhóm vốn này không có dòng nào khác bị giảm.",
        "No other line of its pool gives anything.",
    ),
    "choice": (
        "Đổi {unit:money} từ dòng {other:text} sang dòng này sẽ làm kém đi mục tiêu {tier:tier}.",
        "Moving {unit:money} of the change from line {other:text} to this one would worsen the goal {tier:tier}.",
    ),
    # -- letters
    "unmet": ("Nhu cầu {unmet:money} chưa được đáp ứng.", "A need of {unmet:money} is not met."),
    "unmet-rule": (
        "Nhu cầu {unmet:money} chưa được đáp ứng vì: {rules:rules}.",
        "A need of {unmet:money} is not met: {rules:rules}.",
    ),
    "waiting": (
        "Nhu cầu {unmet:money} chưa đến lượt theo thứ tự ưu tiên.",
        "A need of {unmet:money} is not reached in the order of priority.",
    ),
    "reply-cut": (
        "Rà soát các dòng vốn giảm (tổng {cut:money}), có ý kiến bằng văn bản trước ngày {by:day}.",
        "To review the lines that are cut (by {cut:money} in all) and to answer in writing before {by:day}.",
    ),
    "reply-raise": (
        "Cam kết giải ngân hết số vốn được bổ sung ({added:money}) đến {horizon:day}, gửi cam kết trước ngày {by:day}.",
        "To commit to spending what is added ({added:money}) by {horizon:day}, in writing before {by:day}.",
    ),
    "reply-unmet": (
        "Hoàn thiện điều kiện còn thiếu của các dòng vốn {lines:lines} và báo cáo trước ngày {by:day}.",
        "To complete what the lines {lines:lines} still lack, and to report before {by:day}.",
    ),
    "reply-waiting": (
        "Báo cáo thay đổi (nếu có) về nhu cầu của các dòng vốn {lines:lines} trước ngày {by:day}.",
        "To report any change in the needs of the lines {lines:lines} before {by:day}.",
    ),
    "reply-offer": (
        "Xác nhận đề nghị giảm của các dòng vốn {lines:lines} trước ngày {by:day}.",
        "To confirm the offers of the lines {lines:lines} before {by:day}.",
    ),
    # -- what would turn it
    "turn-amount": (
        (
            "Nếu {field:column} là {after:money} thay vì {before:money} thì dòng vốn {decision:decision}; nếu chỉ {short:money} "
            "thì {stays:stays}."
        ),
        (
            "Were its {field:column} {after:money} in place of {before:money}, the line {decision:decision}; "
            "at {short:money} it {stays:stays}."
        ),
    ),
    "turn-stated": (
        (
            "Nếu nêu {field:column} là {after:money} (nay chưa có) thì dòng vốn {decision:decision}; nếu chỉ {short:money} thì "
            "{stays:stays}."
        ),
        (
            "Were its {field:column} stated as {after:money} (now unknown), the line {decision:decision}; "
            "at {short:money} it {stays:stays}."
        ),
    ),
    "turn-milestone": (
        (
            "Nếu {field:column} là {after:money} thay vì {before:money}, vừa đủ để số {reading:reading} đạt mốc "
            "{milestone:day}, thì dòng vốn {decision:decision}; nếu chỉ {short:money} thì {stays:stays}."
        ),
        (
            "Were its {field:column} {after:money} in place of {before:money}, which just lets the {reading:reading} "
            "reading reach the milestone of {milestone:day}, the line {decision:decision}; at {short:money} it "
            "{stays:stays}."
        ),
    ),
    "turn-years": (
        (
            "Nếu {field:column} là {after:count} thay vì {before:count} thì dòng vốn {decision:decision}; nếu chỉ {short:count} "
            "thì {stays:stays}."
        ),
        (
            "Were its {field:column} {after:count} in place of {before:count}, the line {decision:decision}; "
            "at {short:count} it {stays:stays}."
        ),
    ),
    "turn-unlocked": (
        "Nếu bỏ lý do giữ nguyên thì dòng vốn {decision:decision}.",
        "Were the lock lifted, the line {decision:decision}.",
    ),
    "turn-withdrawn": (
        "Nếu chủ đầu tư rút đề nghị giảm {before:money} thì dòng vốn {decision:decision}.",
        "Were the offer of {before:money} withdrawn, the line {decision:decision}.",
    ),
    "turn-paper": (
        "Nếu có “{field:column}” chậm nhất {as_of:day} thì dòng vốn {decision:decision}.",
        "Were this settled by {as_of:day}: {field:column}, the line {decision:decision}.",
    ),
    "turn-need": (
        "Câu trên giả định chủ đầu tư nêu thêm nhu cầu {need:money} (nay chưa nêu).",
        "This takes it that the owner also states a need of {need:money} (none is stated now).",
    ),
    "turn-also": (
        "Thay đổi riêng lẻ khác cũng có tác dụng như vậy: {others:changes}.",
        "Any one of these would do as well: {others:changes}.",
    ),
    "turn-none": (
        "Không một thay đổi riêng lẻ nào trong số liệu của dòng vốn làm đổi được phương án; đã thử: {tried:changes}.",
        "No single change of the line's own figures would turn the decision; tried: {tried:changes}.",
    ),
    "turn-none-need": (
        (
            "Không một thay đổi riêng lẻ nào trong số liệu của dòng vốn làm đổi được phương án, kể cả khi chủ đầu tư nêu nhu "
            "cầu {need:money}; đã thử: {tried:changes}."
        ),
        (
            "No single change of the line's own figures would turn the decision, not even with a stated need of {need:money}; "
            "tried: {tried:changes}."
        ),
    ),
    "turn-prefix": (
        "Đây là phần đầu của một phương án; hãy hỏi phương án đầy đủ điều gì sẽ làm đổi quyết định.",
        "This is the first part of a proposal; ask the full one what would turn the decision.",
    ),
}
