/** A fresh id for a command or a peer connection: [0-9a-f], 32 of them. */
export function newId(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(octets, (octet) =>
    (octet < 16 ? '0' : '') + octet.toString(16)).join('');
}
