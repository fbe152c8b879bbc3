import { element } from "../ui/dom.js";

/** Adds a stylesheet to the page. @param {string} href  @returns {Promise<void>} rejected if it cannot be loaded */
export function loadStylesheet(href) {
  const link = element("link");
  link.rel = "stylesheet";
  link.href = href;
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error(`${href} could not be loaded.`));
    });
  });
}
