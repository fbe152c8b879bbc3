/**
 * Fetches JSON. Null if the server refuses it, or cannot be reached.
 * @param {string} url
 * @param {RequestInit} [options]
 */
export async function fetchJson(url, options) {
  try {
    const response = await fetch(url, options);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
