import { AttachMenu } from "./attachments/attach_menu.js";
import { keepDraftFiles } from "./attachments/draft_files.js";
import { DropTarget } from "./attachments/drop_target.js";
import { readFileBounds } from "./attachments/file_bounds.js";
import { LocalFiles } from "./attachments/local_files.js";
import { takePastedFiles } from "./attachments/pasted_files.js";
import { showFraction, shownFiles } from "./attachments/shown_files.js";
import { Tray } from "./attachments/tray.js";
import { TrayView } from "./attachments/tray_view.js";
import { UploadProgress } from "./attachments/upload_progress.js";
import { Uploads } from "./attachments/uploads.js";
import { TOUCH } from "./keyboard/virtual_keyboard.js";
import { roomPath } from "./lib/addresses.js";
import { gettext } from "./lib/i18n.js";
import { FileStore } from "./net/file_store.js";
import { storedMessages } from "./net/outbox_store.js";
import { Upload } from "./net/upload.js";
import { loadScript } from "./room_page/load_script.js";

/** @typedef {ReturnType<typeof createAttachments>} Attachments */

/**
 * Creates what sends files: the strip in the composer, the uploads, their view in messages that wait. It is a script of
 * its own: see attachments/enable_attachments.js.
 * @param {object} context
 * @param {import("./room_page/model.js").Model} context.model
 * @param {import("./room_page/timeline_views.js").TimelineViews} context.timelineViews
 * @param {() => import("./composer/composer_view.js").ComposerView} context.composer
 * @param {import("./ui/toast.js").Toast} context.toast
 */
export function createAttachments({ model, timelineViews, composer, toast }) {
  const { me, room, outbox } = model;
  const form = document.querySelector("[data-composer]");
  document.querySelector("[data-files-sheet]").media = "all";
  const bounds = readFileBounds();
  const store = new FileStore();
  const localFiles = new LocalFiles(store, () => timelineViews.view.showOutbox());
  const view = new TrayView(localFiles, {
    onRemove: (file) => tray.remove(file),
    onDescribe: (file, alt) => tray.describe(file, alt),
  });
  const tray = new Tray(bounds, me.guest, localFiles, {
    show: (files) => view.show(files),
    announce: (text) => view.announce(text),
    tell: (why) => composer().showNote(why),
    measured: () => timelineViews.view.showOutbox(),
  });
  const progress = new UploadProgress(showFraction, (text) => view.announce(text));
  const newUpload = (file) => new Upload(`${roomPath(room)}files`, csrfToken(), file);
  const uploads = new Uploads(outbox, localFiles, newUpload, (file, bytes) => progress.report(file, bytes));

  /** @param {File[]} chosen */
  function add(chosen) {
    const why = whyNoFiles(form, bounds, tray);
    if (why) {
      toast.show(why);
    } else {
      tray.add(chosen);
      TOUCH.matches || composer().focus();
    }
  }

  const menu = new AttachMenu(add);
  keepDraftFiles(room, tray, localFiles);
  new DropTarget(add);
  takePastedFiles(add);
  loadScript(() => import("./files.js")); // shows waiting files, also without a connection
  timelineViews.pendingMessages.filesOf = (message) => shownFiles(message, localFiles, progress);
  timelineViews.view.showOutbox();
  storedMessages().then((messages) => store.sweep(new Set(messages.flatMap(({ files = [] }) => files.map(({ key }) => key)))));
  return { tray, uploads, add, openMenu: (anchor) => menu.open(anchor) };
}

/** Why nothing can be attached now; null if it can. */
function whyNoFiles(form, { allowed }, tray) {
  const isReader = !form.checkVisibility() || form.querySelector("textarea").readOnly; // moderation/composer_state.js
  if (isReader || !allowed) {
    return gettext("You cannot send files here.");
  }
  return tray.takesNone ? gettext("Files can be added to a new message. From this one, they can only be taken out.") : null;
}

const csrfToken = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
