const MAX_EMOJI = 3;
const MAX_CHARACTERS = 100; // an emoji of four people with skin tones has 25
const EMOJI =
  /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|\p{Extended_Pictographic}\u200d|\p{Regional_Indicator}{2}|[#*\d]\ufe0f?\u20e3)/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Whether a text is one to three emoji and nothing else. @param {string} text */
export function isFewEmoji(text) {
  const trimmed = text.trim();
  if (!trimmed || trimmed.length > MAX_CHARACTERS) {
    return false;
  }
  const shown = [...graphemes.segment(trimmed)].map(({ segment }) => segment).filter((it) => it.trim());
  return shown.length <= MAX_EMOJI && shown.every((it) => EMOJI.test(it));
}
