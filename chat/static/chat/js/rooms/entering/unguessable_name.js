// As chat/web/unguessable_names.py makes them: 12 syllables out of 60 have 70 bits.
const SYLLABLES = [..."bdfgklmnprst"].flatMap((consonant) => [..."aeiou"].map((vowel) => consonant + vowel));
const WORDS = 4;
const WORD_SYLLABLES = 3;
const FAIR_BYTES = 256 - (256 % SYLLABLES.length); // above, some syllables would come more often

/** A room name that nobody guesses. @returns {string} */
export const unguessableName = () => Array.from({ length: WORDS }, word).join("-");

const word = () => Array.from({ length: WORD_SYLLABLES }, syllable).join("");

function syllable() {
  const byte = crypto.getRandomValues(new Uint8Array(1))[0];
  return byte < FAIR_BYTES ? SYLLABLES[byte % SYLLABLES.length] : syllable();
}

/** Lets the button fill the field, where the server's suggestion would open a room. @param {HTMLFormElement} form */
export function enableSuggestion(form) {
  const field = form.querySelector("input[name=room]");
  form.querySelector("[data-suggest]").addEventListener("click", (event) => {
    event.preventDefault();
    field.value = unguessableName();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
