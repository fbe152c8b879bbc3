import { NameDialog } from "../people/name_dialog.js";
import { RoomSwitcher } from "../rooms/room_switcher.js";
import { enableSharing } from "../rooms/share_view.js";
import { enableDialogClosing } from "../ui/dialogs.js";
import { HelpDialog } from "../ui/help_dialog.js";
import { ThemeChoice } from "../ui/theme_choice.js";

/** @typedef {ReturnType<typeof createDialogs>} Dialogs */

/**
 * @param {import("./model.js").Model} model
 * @param {import("./timeline_views.js").TimelineViews} timelineViews
 */
export function createDialogs({ me, timeline, rooms }, { view }) {
  const nameDialog = new NameDialog((name) => {
    timeline.rename({ id: me.id, name });
    me.name = name;
    view.show([]);
  });
  new ThemeChoice();
  enableSharing();
  enableDialogClosing();
  return { nameDialog, helpDialog: new HelpDialog(), roomSwitcher: new RoomSwitcher(rooms) };
}
