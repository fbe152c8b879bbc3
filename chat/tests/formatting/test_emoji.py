import gzip
import json
import re

import pytest
from django.test import Client

from chat.formatting import render
from chat.formatting.emoji import DATA, find, fully_qualified, is_emoji, names_json, shortcodes

EMOJI = {
    "plain": "🎉",
    "with a skin tone": "👍🏽",
    "with a variation selector": "❤️",
    "without its variation selector": "❤",
    "a flag": "🇩🇪",
    "a flag of tags": "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "a keycap": "#️⃣",
    "joined by zero-width joiners": "👩‍👩‍👧",
    "joined, with two skin tones": "👩🏿‍❤️‍💋‍👨🏻",
}
NOT_ONE_EMOJI = [
    "",
    " ",
    "a",
    "1",
    "#",
    "🎉🎉",
    "🎉 ",
    " 🎉",
    "🇩",
    "\u200d",
    ":tada:",
    "🎉" * 1_000,
]


@pytest.mark.parametrize("text", EMOJI.values(), ids=EMOJI.keys())
def test_every_kind_of_emoji_is_recognized(text: str) -> None:
    assert is_emoji(text)
    assert len(text) <= 32


def test_an_emoji_is_the_same_with_and_without_a_variation_selector() -> None:
    assert fully_qualified("❤") == fully_qualified("❤️") == "❤️"
    assert fully_qualified("👍🏽") == "👍🏽"


@pytest.mark.parametrize("text", NOT_ONE_EMOJI)
def test_a_text_that_is_not_exactly_one_emoji_is_refused(text: str) -> None:
    assert not is_emoji(text)


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("tada", "🎉"),
        ("thumbsup", "👍"),
        ("+1", "👍"),
        ("-1", "👎"),
        ("joy", "😂"),
        ("heart", "❤️"),
        ("grinning_face", "😀"),
        ("cat", "🐱"),
        ("waving_hand_medium_dark_skin_tone", "👋🏾"),
        ("cote_divoire", "🇨🇮"),
        ("de", "🇩🇪"),
        ("turkey", "🦃"),
        ("egg", "🥚"),
        ("flag_gb", "🇬🇧"),
        ("slight_smile", "🙂"),
    ],
)
def test_shortcodes_are_those_of_github_and_slack(name: str, emoji: str) -> None:
    assert shortcodes()[name] == emoji


def test_every_shortcode_is_lower_case_ascii_and_names_an_emoji() -> None:
    assert len(shortcodes()) > 4_000
    for name, emoji in shortcodes().items():
        assert name.replace("_", "a").isalnum() or name in {"+1", "-1"}
        assert name.isascii()
        assert name == name.lower()
        assert is_emoji(emoji)


def test_a_browser_caches_the_shortcodes_and_revalidates_with_an_etag(client: Client) -> None:
    zipped = {"Accept-Encoding": "gzip"}
    answer = client.get("/emoji.json", headers=zipped)
    assert json.loads(gzip.decompress(answer.content)) == shortcodes()
    assert "max-age" in answer["Cache-Control"]
    assert not answer.cookies
    revalidated = client.get("/emoji.json", headers={**zipped, "If-None-Match": answer["ETag"]})
    assert (revalidated.status_code, revalidated.content) == (304, b"")


SHORTCODES = {
    "one": ("great job :tada:", "great job 🎉"),
    "capitals": (":TADA:", "🎉"),
    "a sign": (":+1: *a*", "👍 <em>a</em>"),
    "two": (":tada::+1: :fox:", "🎉👍 🦊"),
    "hyphens": (":flag-de: :man-shrugging: :e-mail:", "🇩🇪 🤷‍♂️ 📧"),
    "of Discord": (":flag_de: :slight_smile:", "🇩🇪 🙂"),
    "of old Slack": (":simple_smile:", "🙂"),
    "a tone behind a shortcode": (":+1::skin-tone-3:", "👍🏼"),
    "a tone behind an emoji": ("ok 👍:skin-tone-2: 🤷‍♂️:skin-tone-6:", "ok 👍🏻 🤷🏿‍♂️"),
    "a tone in place of another": ("👍🏿:skin-tone-2:", "👍🏻"),
    "a tone of an emoji without tones": (":tada::skin-tone-2:", "🎉🏻"),
    "a tone in the name": (":wave_tone1: :+1_dark_skin_tone: :thumbsup_tone2:", "👋🏻 👍🏿 👍🏼"),
    "two tones": (":handshake_tone1_tone5:", "🫱🏻‍🫲🏿"),
    "in bold": ("**:tada:**", "<strong>🎉</strong>"),
    "in a spoiler": ("||:tada:||", '<span class="spoiler">🎉</span>'),
}


@pytest.mark.parametrize(("typed", "html"), SHORTCODES.values(), ids=SHORTCODES.keys())
def test_a_shortcode_becomes_its_emoji_wherever_it_comes_from(typed: str, html: str) -> None:
    assert render(typed).html == f"<p>{html}</p>"


@pytest.mark.parametrize(
    "typed",
    [
        "10:30:45",
        "a:tada:",
        ":nothing_like_it:",
        ":tada",
        "::",
        ":a b:",
        ":tada_tone1:",
        ":skin-tone-1:",
    ],
)
def test_other_colons_stay(typed: str) -> None:
    assert render(typed).html == ""


@pytest.mark.parametrize("platform", ["github", "iamcal", "joypixels"])
def test_every_shortcode_of_a_platform_is_found(platform: str) -> None:
    names = json.loads((DATA / "shortcodes" / f"{platform}.json").read_text())
    assert len(names) > 1_900
    assert [name for name in names if not find(name)] == []


@pytest.mark.parametrize("typed", ["`:tada:`", "```\n:tada:\n```", "https://a.com/:tada:"])
def test_a_shortcode_in_code_or_an_address_stays(typed: str) -> None:
    assert "🎉" not in render(typed).html


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_emoji_to_choose_from_are_those_that_can_be_sent(language: str) -> None:
    groups = json.loads(names_json(language))
    found = [emoji for group in groups for emoji, _, _ in group]
    assert len(groups) == 9
    assert len(found) == len(set(found)) > 1_500
    assert [it for it in found if not is_emoji(it) or fully_qualified(it) != it] == []
    assert not re.search("[🏻-🏿]", "".join(found))  # a tone is chosen once for all
    assert all(name for group in groups for _, name, _ in group)


def test_the_names_of_emoji_are_in_the_language_of_the_page(client: Client) -> None:
    answer = client.get("/emoji/de.json")
    assert ["🦔", "Igel"] in [row[:2] for group in answer.json() for row in group]
    assert "max-age" in answer["Cache-Control"]
    revalidated = client.get("/emoji/de.json", headers={"If-None-Match": answer["ETag"]})
    assert (revalidated.status_code, revalidated.content) == (304, b"")
    assert client.get("/emoji/tlh.json").status_code == 404


def test_a_language_without_names_of_emoji_has_the_english_ones() -> None:
    assert names_json("fr") == names_json("en")
