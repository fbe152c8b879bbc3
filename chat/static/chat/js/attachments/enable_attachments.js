import { OnDemandViews } from "../room_page/on_demand_views.js";

/**
 * Loads what sends files when it is needed. Until then, and later, no file that is dropped replaces the page.
 * @param {import("../room_page/model.js").Model} model
 * @param {import("../room_page/timeline_views.js").TimelineViews} timelineViews
 * @param {() => import("../composer/composer_view.js").ComposerView} composer
 * @param {import("../ui/toast.js").Toast} toast
 * @returns {OnDemandViews}
 */
export function enableAttachments(model, timelineViews, composer, toast) {
  const attachments = new OnDemandViews(
    async (context) => (await import("../attachments.js")).createAttachments(context),
    { model, timelineViews, composer, toast },
    toast,
  );
  const onDrag = (event) => {
    if (!attachments.loaded && event.dataTransfer.types.includes("Files")) {
      const files = [...event.dataTransfer.files]; // gone after the event
      event.preventDefault();
      attachments.use((all) => event.type === "drop" && all.add(files));
    }
  };
  addEventListener("dragover", onDrag);
  addEventListener("drop", onDrag);
  const button = document.querySelector("[data-attach]");
  button.addEventListener("click", () => attachments.use((all) => all.openMenu(button)));
  model.outbox.uploadWith(async (action, message) => message?.files?.length && (await attachments.load())?.uploads[action](message));
  return attachments;
}
