/** Whether a touch screen is all there is: its keyboard covers the page, and has no Shift+Enter. */
export const TOUCH = matchMedia("(hover: none) and (pointer: coarse)");
