import { gettext } from "../lib/i18n.js";

/** What happened, after the name of a person; an event of a newer server as that says it. @param {import("../net/protocol.js").Message} message */
export const eventText = ({ event, text }) =>
  event.type === "renamed" ? gettext("changed their name from %(from)s to %(to)s", event) : text;
