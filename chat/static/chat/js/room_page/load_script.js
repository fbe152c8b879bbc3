/**
 * Runs a function that imports a script and uses it. A failure is logged; then the result is null.
 * @template Result
 * @param {() => Promise<Result>} load
 * @returns {Promise<?Result>}
 */
export async function loadScript(load) {
  try {
    return await load();
  } catch (error) {
    console.warn("A script could not be loaded:", error);
    return null;
  }
}
