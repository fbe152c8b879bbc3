/**
 * The first of 0, 1, 2 … that something is true of, where it is true of all that follow; `count` if of none.
 * @param {number} count
 * @param {(index: number) => boolean} isIt
 */
export function firstOf(count, isIt) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isIt(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
