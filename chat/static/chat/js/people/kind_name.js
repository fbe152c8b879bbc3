import { gettext } from "../lib/i18n.js";

/** What somebody without an account is called. @param {{guest: boolean, bot?: boolean}} person */
export const kindName = ({ guest, bot }) => (guest ? gettext("Guest") : bot ? gettext("Bot") : "");
