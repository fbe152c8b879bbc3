/**
 * Tells the other tabs of the browser which account this page is of, and hears the same from them.
 * @param {(account: string) => void} [onTold]  with a username, or "" for a guest
 */
export function tellAccount(onTold) {
  try {
    const channel = new BroadcastChannel("lobby account");
    channel.onmessage = ({ data }) => onTold?.(data);
    channel.postMessage(accountOfPage());
  } catch {
    // blocked where storage is
  }
}

/** The username of the account that this page is of; "" for a guest's. */
export const accountOfPage = () => document.body.dataset.account;
