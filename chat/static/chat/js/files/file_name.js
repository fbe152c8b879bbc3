import { element } from "../ui/dom.js";

const WHOLE = 24; // characters; of a longer name, the middle may be cut, and the end stays
const END = 10;

/** Shows the name of a file on one line. @param {string} name */
export function fileName(name) {
  const characters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  const cut = characters.length > WHOLE ? characters.length - END : characters.length;
  const parts = [characters.slice(0, cut), characters.slice(cut)].filter((part) => part.length);
  const shown = element("bdi", "file-name", ...parts.map((part) => element("span", "", part.join(""))));
  shown.dir = "auto";
  shown.title = name;
  return shown;
}
