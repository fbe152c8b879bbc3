import { HelpDialog } from "./ui/help_dialog.js";

/** Creates the help. It is a script of its own: see room_page/on_demand_views.js. */
export const createHelp = () => ({ helpDialog: new HelpDialog() });
