import { gettext } from "../lib/i18n.js";

const SHEET = "M6 3h8l4 4v14H6zM14 3v4h4";
const ICONS = {
  archive: `${SHEET}M10 8h2M10 11h2M10 14h2v3h-2z`,
  audio: "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0M19 16a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0",
  code: "M9 8l-4 4l4 4M15 8l4 4l-4 4",
  file: SHEET,
  picture: "M4 5h16v14H4zM4 16l5-5l4 4l2-2l5 4M15 9h.01",
  sheet: `${SHEET}M9 11h6v6H9zM9 14h6M12 11v6`,
  text: `${SHEET}M9 11h6M9 14h6M9 17h4`,
  video: "M4 6h11v12H4zM15 11l5-3v8l-5-3",
};

/** The first that fits: a pattern of media types, an icon, and the kind in words. */
const KINDS = [
  [/^image\//, "picture", () => gettext("Picture")],
  [/^audio\//, "audio", () => gettext("Audio")],
  [/^video\//, "video", () => gettext("Video")],
  [/^application\/pdf$/, "text", () => "PDF"],
  [/^text\/(plain|markdown)/, "text", () => gettext("Text")],
  [/spreadsheet|excel|^text\/csv/, "sheet", () => gettext("Spreadsheet")],
  [/presentation|powerpoint/, "picture", () => gettext("Presentation")],
  [/wordprocessing|msword|opendocument\.text|\/rtf|epub/, "text", () => gettext("Document")],
  [/zip|x-tar|x-7z|rar|x-xz|x-bzip|zstd|compressed/, "archive", () => gettext("Archive")],
  [/^text\/|json|xml|javascript|x-sh|yaml|toml|sql/, "code", () => gettext("Code")],
];

/** The kind of a file: in words, and the path of its icon. @param {string} type  a media type  @returns {{words: string, path: string}} */
export function fileKind(type) {
  const [, drawn, words] = KINDS.find(([pattern]) => pattern.test(type)) ?? [null, "file", () => gettext("File")];
  return { words: words(), path: ICONS[drawn] };
}
