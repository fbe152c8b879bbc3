export const SHRUG = "¯\\_(ツ)_/¯";
