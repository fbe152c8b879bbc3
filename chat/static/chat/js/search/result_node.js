import { addressPath } from "../lib/addresses.js";
import { textLanguage } from "../lib/text_language.js";
import { fullDateTime, timeOrDate } from "../lib/time.js";
import { filesText } from "../files/files_text.js";
import { element } from "../ui/dom.js";
import { excerptOf } from "./excerpt.js";

/** The address of a result's message. @param {import("./search_api.js").Result} result */
export const resultPath = ({ room, message }) => `${addressPath(room.id)}#${message.seq}`;

/**
 * A result: an option that is a link, so that it opens in another tab as well.
 * @param {import("./search_api.js").Result} result
 */
export function newResultNode(result) {
  const { author, files = [] } = result.message;
  const facts = element("span", "search-facts", element("bdi", "search-author", author.name), " ", newTime(result.message));
  const link = element("a", "search-result", facts, " ", newText(result));
  if (files.length) {
    link.append(" ", element("span", "search-files", `📎 ${filesText(files)}`));
  }
  link.href = resultPath(result);
  link.role = "option";
  link.ariaSelected = "false";
  link.tabIndex = -1;
  return link;
}

function newTime({ sent_at: sentAt }) {
  const moment = new Date(sentAt);
  const time = element("time", "", timeOrDate(moment));
  time.dateTime = sentAt;
  time.title = fullDateTime(moment);
  return time;
}

function newText({ message, marks }) {
  const text = element("span", "search-text");
  text.append(...excerptOf(message, marks).map((it) => (it.isMarked ? element("mark", "", it.text) : it.text)));
  text.dir = "auto";
  const language = textLanguage(message.text);
  language && (text.lang = language);
  return text;
}
