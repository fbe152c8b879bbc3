import { RovingFocus } from "../accessibility/roving_focus.js";
import { handleGlobalShortcuts } from "../keyboard/global_shortcuts.js";
import { hideReactionTooltip } from "../messages/reactions_view.js";

/**
 * @param {import("./timeline_views.js").TimelineViews} timelineViews
 * @param {import("../composer/composer_view.js").ComposerView} composer
 * @param {import("./create_dialogs.js").Dialogs} dialogs
 * @param {import("../ui/panes.js").Panes} panes
 * @param {import("./on_demand_views.js").OnDemandViews} reading
 */
export function enableKeyboardAndFocus(timelineViews, composer, { openHelp, findRoom }, panes, reading) {
  const log = document.querySelector("#chat-log");
  new RovingFocus(timelineViews, () => composer.focus());
  handleGlobalShortcuts({
    switchRooms: findRoom,
    stepRoom: (step, options) => reading.use((it) => it.stepRoom(step, options)),
    openHelp,
    focusComposer: () => composer.focus(),
    closers: [hideReactionTooltip, () => panes.close(), () => composer.close(), () => leaveLog(log, composer)],
  });
}

/** Moves the focus from the messages to the composer. Returns whether it was there. */
function leaveLog(log, composer) {
  const isThere = log.contains(document.activeElement);
  isThere && composer.focus();
  return isThere;
}
