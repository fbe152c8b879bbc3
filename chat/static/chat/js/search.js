// The search in a room: a script of its own, loaded at its first use. See search/search_keys.js.
import { SearchPanel as Panel } from "./search/search_panel.js";

export const SearchPanel = Panel;
