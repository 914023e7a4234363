// How long to wait before the next try (section 1: 0.5 s to 8 s, jittered,
// so that a restarted server is not met by everybody at once).

const FIRST_MS = 500;
const LONGEST_MS = 8000;

/** @param attempt 0 for the first retry
 *  @param random in 0..1 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * Math.pow(2, attempt));
  return Math.max(FIRST_MS, Math.round(ceiling * (0.5 + random / 2)));
}
