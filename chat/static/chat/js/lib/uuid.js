/** A random UUID. `crypto.randomUUID` exists on secure origins only, which a LAN address is not. */
export function newUuid() {
  const random = () => crypto.getRandomValues(new Uint8Array(1))[0] % 16;
  // RFC 9562, 5.4: version 4, and a variant of 8 to b.
  return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/[x8]/g, (digit) => (digit === "x" ? random() : 8 + (random() % 4)).toString(16));
}
