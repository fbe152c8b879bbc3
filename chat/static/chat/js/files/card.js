import { gettext } from "../lib/i18n.js";
import { element, icon } from "../ui/dom.js";
import { fileKind } from "./file_kind.js";
import { fileName } from "./file_name.js";
import { fileSize } from "./file_size.js";
import { newPlayer } from "./player.js";

const DOWNLOAD = "M12 4v11M7 11l5 5l5-5M5 20h14";

/**
 * Shows a file that is no picture: its name, kind and size, a link that downloads it, and its first lines or a player.
 * @param {HTMLElement} place
 * @param {import("../net/protocol.js").SentFile} file
 */
export function showCard(place, file) {
  const key = JSON.stringify([place.className, file.url, file.name, file.head]);
  if (place.dataset.shown !== key) {
    place.dataset.shown = key;
    const [player] = ["audio", "video"].filter((it) => place.classList.contains(`has-${it}`));
    place.replaceChildren(newRow(file));
    file.head && place.append(newHead(file.head));
    player && place.append(newPlayer(player, file));
  }
}

function newRow({ name, type, size, url }) {
  const { words, path } = fileKind(type);
  const label = element("span", "file-label", fileName(name), element("span", "file-facts", `${words} · ${fileSize(size)}`));
  const row = element("div", "file-row", icon(path), label);
  url.startsWith("blob:") || row.append(newDownload(url, name));
  return row;
}

function newDownload(url, name) {
  const link = element("a", "icon-button file-download", icon(DOWNLOAD));
  link.href = `${url}?download=1`;
  link.download = name;
  link.ariaLabel = gettext("Download %(name)s", { name });
  link.title = gettext("Download");
  return link;
}

function newHead(head) {
  const lines = element("pre", "file-head", head);
  lines.dir = "auto";
  return lines;
}
