import { HelpDialog } from "./ui/help_dialog.js";

/** Creates the help. @param {{me: {role: ?string}}} context  It is a script of its own: see room_page/on_demand_views.js. */
export const createHelp = ({ me }) => ({ helpDialog: new HelpDialog(me) });
