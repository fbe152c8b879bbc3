"""What tests do with files in the composer."""

from io import BytesIO
from typing import TypedDict

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.room_page import message_field

MAKE_TRANSFER = """files => {
  const transfer = new DataTransfer();
  for (const { name, mimeType, text, bytes, size } of files) {
    const content = size ? new Uint8Array(size).fill(97) : bytes ? Uint8Array.from(bytes) : text;
    transfer.items.add(new File([content], name, { type: mimeType }));
  }
  return transfer;
}"""


class Chosen(TypedDict):
    """A file as Playwright takes it."""

    name: str
    mimeType: str
    buffer: bytes


def text_file(name: str = "notes.txt", text: str = "two words") -> Chosen:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def picture(name: str = "cat.png", size: tuple[int, int] = (640, 480)) -> Chosen:
    bytes = BytesIO()
    Image.new("RGB", size, "teal").save(bytes, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": bytes.getvalue()}


def large_file(name: str = "large.bin", size: int = 7 * 1024 * 1024) -> Chosen:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": b"a" * size}


def pick(page: Page, *files: Chosen) -> None:
    """Choose files with the button of the composer."""
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Attach files").click()
    choosing.value.set_files(list(files))


def paste(page: Page, *files: Chosen, text: str = "", html: str = "") -> None:
    """Paste into the message field."""
    _dispatch(page, "paste", files, text, html)


def drop(page: Page, *files: Chosen) -> None:
    """Drop files onto the page, as a drag from outside does."""
    for kind in ("dragenter", "dragover", "drop"):
        _dispatch(page, kind, files)


def drag_over(page: Page, *files: Chosen) -> None:
    _dispatch(page, "dragover", files)


def _dispatch(
    page: Page, kind: str, files: tuple[Chosen, ...], text: str = "", html: str = ""
) -> None:
    described = [{**it, "buffer": None, "bytes": list(it["buffer"])} for it in files]
    message_field(page).evaluate(
        f"""(field, [kind, files, text, html]) => {{
          const transfer = ({MAKE_TRANSFER})(files);
          text && transfer.setData("text/plain", text);
          html && transfer.setData("text/html", html);
          const options = {{ bubbles: true, cancelable: true }};
          field.dispatchEvent(
            kind === "paste"
              ? new ClipboardEvent(kind, {{ ...options, clipboardData: transfer }})
              : new DragEvent(kind, {{ ...options, dataTransfer: transfer }}),
          );
        }}""",
        [kind, described, text, html],
    )


def attached(page: Page) -> Locator:
    """The rows of the files in the composer."""
    return page.get_by_role("list", name="Attached files").get_by_role("listitem")


def expect_attached(page: Page, *names: str) -> None:
    expect(page.locator(".tray .file-name")).to_have_text(list(names))


def waiting_files(page: Page) -> Locator:
    """The files of messages that wait."""
    return page.locator(".is-pending [data-file], .is-refused [data-file]")


def sent_files(page: Page) -> list[list[str]]:
    """The names of the files of each message, as the server says."""
    names: list[list[str]] = page.evaluate(
        """async () => {
          const { messages } = await (await fetch("messages?limit=50")).json();
          return messages.map(({ files = [] }) => files.map(({ name }) => name));
        }"""
    )
    return names
