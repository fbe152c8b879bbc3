import { avatarColors } from "../people/avatar_colors.js";
import { OnDemandViews } from "./on_demand_views.js";

/**
 * Connects what a reader does with messages and rooms.
 * @param {import("./model.js").Model} model
 * @param {import("../net/socket.js").RoomSocket} socket
 * @param {import("./timeline_views.js").TimelineViews} timelineViews
 * @param {import("../ui/toast.js").Toast} toast
 * @param {{mention: (name: string) => void, changeName: () => void, onSort: () => void}} actions  of the rest of the page
 * @returns {OnDemandViews}
 */
export function enableReading(model, socket, timelineViews, toast, actions) {
  const list = document.querySelector("[data-messages]");
  const reading = new OnDemandViews(
    async (context) => (await import("../reading.js")).createReading(context),
    { list, model, socket, timelineViews, toast, avatarColor: (id) => avatarColors.of(id), ...actions },
    toast,
  );
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-reading]");
    button && reading.use((actions) => actions[button.dataset.reading](button));
  });
  list.addEventListener("keydown", (event) => {
    if (event.target.matches("[data-reading][role=button]") && ["Enter", " "].includes(event.key)) {
      event.preventDefault();
      event.target.click();
    }
  });
  return reading;
}
