/**
 * Binary search: the first index at which the predicate is true, or `count` if there is none.
 * @param {number} count
 * @param {(index: number) => boolean} predicate  false up to some index, and true from there on
 */
export function lowerBound(count, predicate) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (predicate(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
