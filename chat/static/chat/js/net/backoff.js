const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * How long to wait before attempt `n` (0, 1, …) to come back: growing, and jittered, so that
 * everybody whose server restarted does not come back at the same moment.
 * @param {number} n
 * @returns {number} milliseconds
 */
export function waitBefore(n) {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** n);
  return ceiling * (0.5 + Math.random());
}
