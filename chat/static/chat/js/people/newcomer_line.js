/** Removes the line that tells a newcomer the name which the others see. Its place stays free: nothing moves. */
export const removeNewcomerLine = () => document.querySelector("[data-newcomer]")?.remove();
