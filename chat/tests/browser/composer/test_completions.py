"""The completions of the composer: people, emoji, commands."""

import pytest
from playwright.sync_api import expect

from chat.tests.browser.composer.recorded import OpenComposer, options, recorded_calls, start_reply
from chat.tests.browser.layout import box_of


def test_an_at_sign_completes_people(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("Hi @ada")
    expect(options(page)).to_have_text(["ALAda Lovelace", "AAdam"])
    listed = page.get_by_role("listbox").get_attribute("id")
    expect(field).to_have_attribute("aria-controls", listed or "")
    field.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("AAdam")
    active = page.get_by_role("option", selected=True).get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", active or "")
    field.press("ArrowDown")
    field.press("Tab")
    expect(field).to_have_value("Hi @Ada Lovelace ")
    expect(field).to_be_focused()
    expect(page.get_by_role("listbox")).to_be_hidden()
    for attribute in ("role", "aria-controls", "aria-activedescendant"):
        assert field.get_attribute(attribute) is None
    field.press_sequentially("and @gra")
    field.press("Enter")
    expect(field).to_have_value("Hi @Ada Lovelace and @Grace ")
    assert recorded_calls(page) == []


@pytest.mark.parametrize(
    ("typed", "option", "completed"),
    [
        ("谢谢@gra", "Grace", "谢谢@Grace "),
        ("谢谢＠gra", "Grace", "谢谢@Grace "),
        (":flag-de", ":flag_de:", "🇩🇪 "),
        (":man-shrug", ":man_shrugging:", "🤷‍♂️ "),
    ],
)
def test_completions_are_found_as_other_chats_and_keyboards_write_them(
    open_composer: OpenComposer, typed: str, option: str, completed: str
) -> None:
    page, field = open_composer()
    field.press_sequentially(typed)
    expect(options(page).first).to_contain_text(option)
    field.press("Enter")
    expect(field).to_have_value(completed)


@pytest.mark.parametrize("typed", ["see you @", "Hi @ad", "put it :on", "well :PP", "@lov"])
def test_enter_sends_what_is_typed_unless_an_option_is_meant(
    open_composer: OpenComposer, typed: str
) -> None:
    page, field = open_composer()
    field.press_sequentially(typed)
    page.evaluate("document.fonts.ready")
    expect(page.get_by_role("option", selected=True)).to_have_count(0)
    field.press("Enter")
    expect(field).to_have_value("")
    assert recorded_calls(page) == [["send", typed, {"kind": "text", "replyTo": None}]]


def test_enter_chooses_what_an_arrow_key_chose(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("Hi @")
    expect(options(page)).to_have_count(4)
    field.press("ArrowUp")
    expect(page.get_by_role("option", selected=True)).to_have_text("@room everyone in this room")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("Hi @Ada Lovelace ")


@pytest.mark.parametrize(
    "lines",
    [
        ("```py", "x = 1", "", "```"),
        ("~~~", "```", "~~~"),
        ("~~~ a`b", "x", "~~~~"),
        ("````", "```", "````"),
        ("```", "~~~", "```"),
        ("```a`b",),
    ],
)
def test_enter_continues_fenced_code_and_sends_behind_it(
    open_composer: OpenComposer, lines: tuple[str, ...]
) -> None:
    page, field = open_composer()
    for line in lines:
        field.press_sequentially(line)
        field.press("Enter")
    expect(field).to_have_value("")
    text = "\n".join(lines)
    assert recorded_calls(page) == [["send", text, {"kind": "text", "replyTo": None}]]


def test_a_modifier_sends_from_within_fenced_code(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("```")
    field.press("Control+Enter")
    expect(field).to_have_value("")
    assert recorded_calls(page) == [["send", "```", {"kind": "text", "replyTo": None}]]


def test_on_a_touch_screen_enter_starts_a_line_and_the_button_sends(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer(has_touch=True, is_mobile=True)
    expect(field).to_have_attribute("enterkeyhint", "enter")
    field.press_sequentially("one")
    field.press("Enter")
    field.press_sequentially("two")
    expect(field).to_have_value("one\ntwo")
    page.locator("#chat-message-submit").tap()
    expect(field).to_have_value("")
    assert recorded_calls(page) == [["send", "one\ntwo", {"kind": "text", "replyTo": None}]]


def test_a_name_is_completed_beyond_its_space(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("@ada l")
    expect(options(page)).to_have_text(["ALAda Lovelace"])
    field.press_sequentially("ike")
    expect(options(page)).to_have_count(0)


def test_at_room_is_offered_to_mention_everyone(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("@")
    expect(options(page)).to_have_count(4)
    field.press_sequentially("roo")
    expect(options(page)).to_have_text(["@room everyone in this room"])
    field.press("Enter")
    expect(field).to_have_value("@room ")


def test_other_text_offers_no_completions(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    for typed in ("ada@ad", "8:ta", "https://ta", "::ta", ":t", "say /me", "//"):
        field.fill("")
        field.press_sequentially(typed)
        page.wait_for_timeout(100)
        expect(options(page), typed).to_have_count(0)


def test_emoji_are_completed_after_two_letters(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("@Ada :tad")
    expect(options(page).first).to_have_text("🎉:tada:")
    field.press("Enter")
    expect(field).to_have_value("@Ada 🎉 ")


def test_a_closing_colon_replaces_a_shortcode_and_undo_reverts_it(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    field.press_sequentially("Hooray :TADA:")
    expect(field).to_have_value("Hooray 🎉")
    expect(options(page)).to_have_count(0)
    field.press("Control+z")
    expect(field).to_have_value("Hooray :TADA:")
    field.press("End")
    field.press_sequentially(" :nobody: 8:30:10")
    expect(field).to_have_value("Hooray :TADA: :nobody: 8:30:10")


def test_commands_are_completed_at_the_start_and_enter_runs_a_complete_one(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    field.press_sequentially("/")
    expect(options(page)).to_have_count(7)
    field.press_sequentially("m")
    field.press("Enter")
    expect(field).to_have_value("/me ")
    field.fill("")
    field.press_sequentially("/help")
    expect(options(page)).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value("")
    assert recorded_calls(page) == [["run", {"kind": "help"}]]


def test_escape_closes_the_completions_until_the_next_word(
    open_composer: OpenComposer,
) -> None:
    page, field = open_composer()
    start_reply(page)
    field.press_sequentially("@a")
    expect(options(page)).to_have_count(2)
    field.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(page.get_by_text("Replying to Ada")).to_be_visible()
    field.press_sequentially("d")
    expect(options(page)).to_have_count(0)
    field.press_sequentially(" @a")
    expect(options(page)).to_have_count(2)
    field.press("Home")
    expect(options(page)).to_have_count(0)
    expect(field).to_be_focused()


@pytest.mark.parametrize("touch", [False, True])
def test_choosing_a_completion_by_pointer_keeps_the_focus(
    open_composer: OpenComposer, touch: bool
) -> None:
    page, field = open_composer(has_touch=touch)
    field.press_sequentially("@")
    option = page.get_by_role("option", name="Grace")
    if touch:
        option.tap()
    else:
        option.click()
    expect(field).to_have_value("@Grace ")
    expect(field).to_be_focused()


def test_the_completions_do_not_shift_the_page(open_composer: OpenComposer) -> None:
    page, field = open_composer(viewport={"width": 375, "height": 600})
    place = box_of(field)
    field.press_sequentially("/")
    expect(options(page)).to_have_count(7)
    assert box_of(field) == place
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for option in options(page).all():
        assert box_of(option)["height"] >= 44


def test_keys_of_an_input_method_are_ignored(open_composer: OpenComposer) -> None:
    page, field = open_composer()
    field.press_sequentially("@ada")
    expect(options(page)).to_have_count(2)
    field.evaluate("""field => {
      for (const key of ["Enter", "ArrowDown", "Escape"]) {
        field.dispatchEvent(new KeyboardEvent("keydown", { key, isComposing: true }));
        field.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode: 229 }));
      }
    }""")
    expect(field).to_have_value("@ada")
    expect(page.get_by_role("option", selected=True)).to_have_text("ALAda Lovelace")
    assert recorded_calls(page) == []
