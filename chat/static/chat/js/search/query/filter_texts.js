import { gettext } from "../../lib/i18n.js";
import { longDate } from "../../lib/place_time.js";

const IN_WORDS = {
  from: (name) => gettext("From %(name)s", { name }),
  in: (room) => gettext("In %(room)s", { room }),
  before: (day) => gettext("Before %(day)s", { day: dayText(day) }),
  after: (day) => gettext("After %(day)s", { day: dayText(day) }),
  on: (day) => gettext("On %(day)s", { day: dayText(day) }),
};

const DAYS = { today: () => gettext("today"), yesterday: () => gettext("yesterday"), heute: () => gettext("today"), gestern: () => gettext("yesterday") };

/** What a filter means, by its operator and value. */
export const VALUES = {
  has: {
    link: () => gettext("With a link"),
    file: () => gettext("With a file"),
    image: () => gettext("With a picture"),
    code: () => gettext("With code"),
  },
  is: {
    mine: () => gettext("By me"),
    mention: () => gettext("Mentions me"),
  },
};

/** What the operators find, for who does not know them. */
export const operatorHints = () => ({
  from: gettext("of a person"),
  in: gettext("in a room"),
  before: gettext("before a day"),
  after: gettext("after a day"),
  on: gettext("on a day"),
  has: gettext("with a link, file, picture or code"),
  is: gettext("mine, or that mention me"),
});

/** A filter in words, for its token. @param {import("./query_tokens.js").Filter} filter */
export function filterInWords({ operator, value, isNegated }) {
  const words = VALUES[operator]?.[value.toLowerCase()]?.() ?? IN_WORDS[operator]?.(value) ?? `${operator}:${value}`;
  return isNegated ? gettext("Not: %(filter)s", { filter: words }) : words;
}

const dayText = (day) => (/^\d{4}-\d\d-\d\d$/.test(day) && !isNaN(new Date(`${day}T00:00`)) ? longDate(day) : (DAYS[day.toLowerCase()]?.() ?? day));
