import { isAfterOpenMark } from "./markdown_editing.js";
import { isInOpenFence } from "./open_fence.js";

/** Whether the caret stands in code that is not closed yet. @param {import("./markdown_editing.js").State} state */
export const isInCode = (state) => isInOpenFence(state) || isAfterOpenMark(state.text, state.start, "`");
