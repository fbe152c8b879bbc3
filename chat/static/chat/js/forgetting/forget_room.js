import { keepLost } from "./lost_texts.js";
import { removeStored } from "./stored_rooms.js";

const CHANNEL = "lobby forgotten rooms"; // between tabs

/**
 * Forgets a room that is not mine any more, in all tabs. What I had typed there waits to be shown.
 * @param {string} address
 * @param {{typed?: string[], isSilent?: boolean}} [options]  texts that the page has; and whether nothing is kept, as
 *   somebody else may have typed it
 */
export async function forgetRoom(address, { typed = [], isSilent = false } = {}) {
  await forgetHere(address, { typed, isSilent });
  openChannel()?.postMessage({ address, isSilent });
}

/** Forgets in this tab what another tab forgets. @param {() => void} onForgotten */
export function followForgetting(onForgotten) {
  const channel = openChannel();
  if (channel) {
    channel.onmessage = async ({ data: { address, isSilent } }) => {
      await forgetHere(address, { typed: [], isSilent });
      onForgotten();
    };
  }
}

async function forgetHere(address, { typed, isSilent }) {
  const { name, texts } = await removeStored(address);
  isSilent || keepLost(name, [...typed, ...texts]);
}

function openChannel() {
  try {
    return new BroadcastChannel(CHANNEL);
  } catch {
    return null; // blocked where storage is
  }
}
