// The link's world in a real browser.
import type { LinkWorld, SocketLike } from './link';

export const browserWorld: LinkWorld = {
  open(subprotocol: string): SocketLike {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    return new WebSocket(`${scheme}//${location.host}/ws`, subprotocol) as
      unknown as SocketLike;
  },
  setTimer: (after_ms, fire) => window.setTimeout(fire, after_ms),
  clearTimer: (timer) => window.clearTimeout(timer as number),
  random: Math.random,
  now: () => performance.now(),
};
