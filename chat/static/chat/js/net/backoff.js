const FIRST_MS = 500;
const LONGEST_MS = 30_000; // on average

/**
 * How long to wait before reconnect attempt `n` (0, 1, …): exponential, with jitter, so that the clients of a
 * server that restarted do not come back all at once.
 * @param {number} n
 * @returns {number} milliseconds
 */
export function backoffDelay(n) {
  const average = Math.min(LONGEST_MS, FIRST_MS * 2 ** n);
  return average * (0.5 + Math.random());
}

/** A wait that the server named, a little longer: the clients that wait do not come back all at once. @param {number} ms */
export const jittered = (ms) => ms * (1 + Math.random() / 4);
