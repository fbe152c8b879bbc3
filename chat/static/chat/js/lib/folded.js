const MARKS = /\p{M}/gu;

/** A text as a search compares it: "Glück" is found by "gluck". @param {string} text */
export const folded = (text) => text.normalize("NFKD").replace(MARKS, "").toLowerCase();
