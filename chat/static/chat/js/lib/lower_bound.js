/**
 * Binary search: the first index from 0 on where the predicate is true, or `count` where it never is.
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
