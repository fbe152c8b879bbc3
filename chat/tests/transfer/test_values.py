"""Values of other chats' exports are what they should be, or a fault in one line."""

import pytest

from chat.transfer.faults import TransferError
from chat.transfer.origins import values


@pytest.mark.parametrize("digits", ["0" * 12 + "9" * 30, "0" * 12 + "9" * 5_000])
def test_a_time_of_too_many_digits_is_a_fault(digits: str) -> None:
    with pytest.raises(TransferError, match="`ts` is no time"):
        values.seconds("general/2024-01-01.json", "ts", digits)
