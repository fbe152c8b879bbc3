import { gettext } from "../../lib/i18n.js";
import { button, element, icon } from "../../ui/dom.js";

const ICONS = {
  zoomOut: "M5 12h14",
  zoomIn: "M12 5v14M5 12h14",
  download: "M12 4v11M7 11l5 5l5-5M5 20h14",
  close: "M6 6l12 12M18 6L6 18",
  previous: "M15 5l-7 7l7 7",
  next: "M9 5l7 7l-7 7",
};

/**
 * Creates the elements of the lightbox.
 * @param {{close: () => void, go: (step: number) => void, zoomIn: () => void, zoomOut: () => void, play: () => void}} actions
 */
export function buildLightbox({ close, go, zoomIn, zoomOut, play }) {
  const parts = {
    author: element("bdi"),
    time: element("time"),
    play: button("", play, "quiet-button icon-button"),
    zoomOut: iconButton("zoomOut", gettext("Zoom out"), zoomOut),
    zoomIn: iconButton("zoomIn", gettext("Zoom in"), zoomIn),
    download: downloadLink(),
    close: iconButton("close", gettext("Close"), close),
    previous: stepButton("previous", gettext("Previous picture"), -1, go),
    next: stepButton("next", gettext("Next picture"), 1, go),
    caption: element("p", "lightbox-caption"),
    status: element("p", "visually-hidden"),
  };
  const { author, time, previous, next, caption, status } = parts;
  const tools = [parts.play, parts.zoomOut, parts.zoomIn, parts.download, parts.close];
  const bar = element("div", "lightbox-bar", element("p", "lightbox-author", author, time), ...tools);
  const stage = element("div", "lightbox-stage", previous, next);
  const dialog = element("dialog", "lightbox", bar, stage, caption, status);
  status.role = "status";
  dialog.ariaLabel = gettext("Pictures");
  dialog.tabIndex = -1;
  dialog.autofocus = true; // the dialog takes the focus: arrows work, and no button stands out
  return { ...parts, stage, dialog };
}

function iconButton(name, label, onClick) {
  const node = button(icon(ICONS[name]), onClick, "icon-button");
  node.ariaLabel = node.title = label;
  return node;
}

function stepButton(name, label, step, go) {
  const node = iconButton(name, label, () => go(step));
  node.classList.add("lightbox-step");
  node.dataset.step = step;
  node.firstChild.classList.add("flips-rtl");
  return node;
}

function downloadLink() {
  const link = element("a", "icon-button", icon(ICONS.download));
  link.ariaLabel = link.title = gettext("Download");
  return link;
}
