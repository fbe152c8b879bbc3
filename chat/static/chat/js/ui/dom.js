/** Creates an element. @param {string} name  @param {string} className  @param {(Node|string)[]} children */
export function element(name, className = "", ...children) {
  const node = document.createElement(name);
  node.className = className;
  node.append(...children);
  return node;
}

/**
 * Creates a button.
 * @param {string|Node} label
 * @param {?((event: Event) => void)} onClick  null if something around it handles the click
 */
export function button(label, onClick, className = "") {
  const node = element("button", className, label);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

/**
 * Gives a list these rows, and leaves the document alone where it has them already.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} rows
 * @returns {boolean} whether the list changed
 */
export function updateRows(list, rows) {
  const isSame = rows.length === list.children.length && rows.every((row, index) => row === list.children[index]);
  if (!isSame) {
    list.replaceChildren(...rows);
  }
  return !isSame;
}

/** Sets a node's text where it differs: a live region that is written again is announced again. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** Creates an icon of one path, drawn in 24 by 24. @param {string} path */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.ariaHidden = "true";
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
