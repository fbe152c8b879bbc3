/** An element of that name and class, with these children. @param {(Node|string)[]} children */
export function element(name, className = "", ...children) {
  const node = document.createElement(name);
  node.className = className;
  node.append(...children);
  return node;
}

/** A button that does something. @param {string} label  @param {(event: Event) => void} action */
export function button(label, action, className = "") {
  const node = element("button", className, label);
  node.type = "button";
  node.addEventListener("click", action);
  return node;
}

/**
 * Lets a list have these rows, and touches it only where they are others than it has.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} rows
 * @returns {boolean} whether it was touched
 */
export function showRows(list, rows) {
  const isSame = rows.length === list.children.length && rows.every((row, index) => row === list.children[index]);
  if (!isSame) {
    list.replaceChildren(...rows);
  }
  return !isSame;
}

/** Only where it differs: a log that is rewritten is announced again. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of one path, drawn in 24 by 24. @param {string} path */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.ariaHidden = "true";
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
