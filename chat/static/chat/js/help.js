import { HelpDialog } from "./ui/help_dialog.js";

/**
 * Creates the help. It is a script of its own: see room_page/on_demand_views.js.
 * @param {{me: {role: ?string}, declared: import("./commands/declared_commands.js").DeclaredCommands}} context
 */
export const createHelp = ({ me, declared }) => ({ helpDialog: new HelpDialog(me, declared) });
