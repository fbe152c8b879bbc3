// Entry point of the settings of a room, of its log, of reports, and of the form of a new members room.
import { markSeen } from "./moderation/mark_seen.js";
import { showAvatar } from "./people/avatar.js";
import { AvatarColors } from "./people/avatar_colors.js";
import { fullDateTime, timeOrDate } from "./lib/time.js";
import { tellAccount } from "./people/account_channel.js";
import { LivePeople } from "./roster/live_people.js";
import { PeoplePicker } from "./roster/people_picker.js";
import { enableShareForms } from "./rooms/share_view.js";
import { enableSecrets } from "./ui/secrets.js";
import { ThemeChoice } from "./ui/theme_choice.js";

const colors = new AvatarColors();

new ThemeChoice();
tellAccount();
enableShareForms();
enableSecrets();
document.querySelectorAll("[data-seen]").forEach(markSeen);
document.querySelectorAll("[data-people-picker]").forEach((field) => new PeoplePicker(field));
document.querySelectorAll("[data-people-section]").forEach((section) => {
  showAvatars(section);
  new LivePeople(section, showAvatars);
});

document.querySelectorAll("[data-moment]").forEach((node) => {
  const moment = new Date(node.dateTime);
  node.textContent = timeOrDate(moment);
  node.title = fullDateTime(moment);
});

function showAvatars(section) {
  section.querySelectorAll("[data-avatar]").forEach((node) => {
    const id = node.closest("[data-person]").dataset.person;
    showAvatar(node, node.dataset.avatar, colors.of(id), node.classList.contains("is-guest"), node.dataset.picture);
  });
}
