/**
 * Takes files that are pasted. Text goes first: a spreadsheet puts a picture of the cells beside it.
 * @param {(files: File[]) => void} onPaste
 */
export function takePastedFiles(onPaste) {
  const take = (event) => {
    const files = [...event.clipboardData.files];
    if (files.length && isAbout(event.clipboardData.getData("text/plain"), files)) {
      event.preventDefault(); // pasting/paste.js would take the HTML that is beside a picture
      onPaste(files);
    }
  };
  addEventListener("paste", take, { capture: true });
}

/** Whether a text says no more than which files these are, as file managers write it. */
function isAbout(text, files) {
  const lines = text.split("\n").filter((line) => line.trim());
  return lines.every((line) => files.some(({ name }) => line.trim().endsWith(name)));
}
