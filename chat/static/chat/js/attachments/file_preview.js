import { element } from "../ui/dom.js";

const PREVIEW = "320.webp"; // beside the address of a sent picture
const ENDING = /\.(\w{1,5})$/u;

/** What stands for a file where there is no picture: the ending of its name. @param {{name: string}} file */
export function fileMark({ name }) {
  const mark = element("span", "file-mark", ENDING.exec(name)?.[1].toUpperCase() ?? "…");
  mark.ariaHidden = "true";
  return mark;
}

/**
 * The address of a picture's preview: of bytes that wait here, or of a picture that is sent.
 * @param {{key: ?string, url?: string}} file
 * @param {import("./local_files.js").LocalFiles} localFiles
 * @returns {Promise<?string>}
 */
export const previewOf = async ({ key, url }, localFiles) => (key ? localFiles.urlOf(key) : url.replace(/[^/]*$/, PREVIEW));
