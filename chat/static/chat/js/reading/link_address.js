/** The whole address of a link, for outside of this page; "#" alone leads to its top. @param {HTMLAnchorElement} link */
export const linkAddress = ({ href }) => href.replace(/#$/, "");
