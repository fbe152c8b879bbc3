"""Encryption for browsers: RFC 8291's own example, another implementation, and unusable keys."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from chat.push.encryption import (
    PADDED_BYTES,
    RECORD_BYTES,
    UnusableKeys,
    check_keys,
    decoded,
    encoded,
    encrypt,
    padded,
    seal,
)
from chat.tests.support.push_service import Browser

CONTENT_MAX_BYTES = 3_000  # fewer than fit: some services take less

# RFC 8291, appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
    "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulc"
    "y4a-fN"
)


def test_the_example_of_the_rfc_is_sealed_as_it_says() -> None:
    sender = derive_private_key(int.from_bytes(decoded(SENDER), "big"), SECP256R1())
    assert encoded(seal(TEXT, PUBLIC, AUTH, sender, decoded(SALT))) == SEALED


def test_another_implementation_opens_it() -> None:
    browser = Browser("anna")
    assert browser.opened(encrypt(b'{"title": "tea"}', **browser.keys)) == {"title": "tea"}


def test_each_push_is_sealed_anew() -> None:
    browser = Browser("anna")
    assert encrypt(b"{}", **browser.keys) != encrypt(b"{}", **browser.keys)


def test_the_length_says_little_and_stays_within_a_record() -> None:
    browser = Browser("anna")
    lengths = {len(encrypt(padded(b"1" * it), **browser.keys)) for it in range(1, PADDED_BYTES)}
    assert len(lengths) == 1
    assert len(encrypt(padded(b"1" * CONTENT_MAX_BYTES), **browser.keys)) <= RECORD_BYTES


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", AUTH),
        ("AAAA", AUTH),
        (PUBLIC[:-2], AUTH),
        ("B" + "A" * 86, AUTH),  # no point of the curve
        ("é", AUTH),
        (PUBLIC, ""),
        (PUBLIC, AUTH[:-2]),
        (PUBLIC, "é"),
    ],
)
def test_what_are_no_keys_is_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(UnusableKeys):
        check_keys(p256dh, auth)
