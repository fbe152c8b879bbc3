import { Roster } from "./roster/roster.js";
import { showSettingsLinks } from "./roster/settings_links.js";

/**
 * Shows who belongs to a room that is not open. It is a script of its own: see room_page/incoming.js.
 * @param {import("./room_page/model.js").Model} model
 * @param {import("./people/people_view.js").PeopleView} peopleView
 */
export const createRoster = ({ me, people }, peopleView) => ({
  show(event) {
    people.roster ??= new Roster(people);
    people.roster.replace(event);
    me.role = people.roster.roleOf(me) ?? "member";
    showSettingsLinks(me);
    peopleView.update();
  },
});
