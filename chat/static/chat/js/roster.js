import { Roster } from "./roster/roster.js";
import { showSettingsLinks } from "./roster/settings_links.js";
import { setText } from "./ui/dom.js";

/**
 * Shows what a room is, and who belongs to one that is not open. It is a script of its own: see room_page/incoming.js.
 * @param {import("./room_page/model.js").Model} model
 * @param {import("./people/people_view.js").PeopleView} peopleView
 */
export function createRoster({ me, people, room }, peopleView) {
  const shows = {
    people(event) {
      people.roster ??= new Roster(people);
      people.roster.replace(event);
      me.role = people.roster.roleOf(me) ?? "member";
      showSettingsLinks(me);
      peopleView.update();
    },
    room({ room: { name, kind = "open" } }) {
      Object.assign(room, { name, kind });
      document.querySelectorAll(".room-title span, #room-sheet-title").forEach((node) => setText(node, name));
    },
  };
  return { show: (event) => shows[event.type](event) };
}
