import { gettext, language } from "../lib/i18n.js";

const CHANNEL = "lobby uploads"; // between tabs
const ANNOUNCED_MS = 10_000; // between two announcements

/** How much of each file is uploaded: here, or in another tab. */
export class UploadProgress {
  #fractions = new Map(); // by file id
  #onChange;
  #announce;
  #announcedAt = Date.now();
  #channel = openChannel();

  /**
   * @param {(id: string, fraction: number) => void} onChange
   * @param {(text: string) => void} announce  to a screen reader
   */
  constructor(onChange, announce) {
    this.#onChange = onChange;
    this.#announce = announce;
    if (this.#channel) {
      this.#channel.onmessage = ({ data: { id, fraction } }) => this.#set(id, fraction);
    }
  }

  /** @param {{id: string, isUploaded: boolean}} file  @returns {number} from 0 to 1 */
  of = ({ id, isUploaded }) => (isUploaded ? 1 : (this.#fractions.get(id) ?? 0));

  /** @param {{id: string, name: string, size: number}} file  @param {number} bytes */
  report({ id, name, size }, bytes) {
    const fraction = Math.min(1, bytes / size);
    this.#set(id, fraction);
    this.#channel?.postMessage({ id, fraction });
    if (Date.now() - this.#announcedAt > ANNOUNCED_MS) {
      this.#announcedAt = Date.now();
      const percent = fraction.toLocaleString(language, { style: "percent" });
      this.#announce(gettext("Uploading %(name)s: %(percent)s", { name, percent }));
    }
  }

  #set(id, fraction) {
    this.#fractions.set(id, fraction);
    this.#onChange(id, fraction);
  }
}

function openChannel() {
  try {
    return new BroadcastChannel(CHANNEL);
  } catch {
    return null; // blocked where storage is
  }
}
