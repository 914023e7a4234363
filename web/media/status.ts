// What the strip above the picture says: one cause, the most pressing.
// A pure function, so that every sentence can be tested.
import type { LinkState } from '../protocol/link';
import type { SideState, State } from '../protocol/types';
import type { Key } from '../locales';
import type { PeerState } from './peer';
import type { Verdict } from './quality';

export interface Situation {
  state: State;
  link: LinkState;
  peer: PeerState | 'none';
  other: SideState;
  verdict: Verdict;
  seenOther: boolean;
}

export interface Status { tone: 'good' | 'wait' | 'bad'; key: Key }

export function callStatus(now: Situation): Status {
  const lineDown = now.link === 'lost' || now.link === 'connecting';
  if (now.peer === 'failed')
    return { tone: 'bad', key: 'call.cannot-connect' };
  if (now.link === 'restarting')
    return now.peer === 'connected'
      ? { tone: 'wait', key: 'call.restarting-media-on' }
      : { tone: 'bad', key: 'call.restarting' };
  if (now.peer === 'lost' || (now.peer !== 'connected' && lineDown))
    return lineDown ? { tone: 'bad', key: 'call.own-network-lost' }
      : { tone: 'bad', key: 'call.own-media-lost' };
  if (lineDown)
    return { tone: 'wait', key: 'call.line-lost-media-on' };
  if (now.peer !== 'connected')
    return { tone: 'wait', key: 'call.connecting' };
  if (now.other.media === 'lost')
    return { tone: 'bad', key: 'call.other-lost' };
  if (!now.other.present)
    return now.seenOther ? { tone: 'bad', key: 'call.other-left' }
      : { tone: 'wait', key: 'call.other-coming' };
  if (now.other.media !== 'connected')
    return { tone: 'wait', key: 'call.other-connecting' };
  if (now.verdict === 'own-poor')
    return { tone: 'bad', key: 'call.own-poor' };
  if (now.verdict === 'other-poor')
    return { tone: 'bad', key: 'call.other-poor' };
  if (now.other.video && now.verdict === 'no-picture')
    return { tone: 'bad', key: 'call.no-picture' };
  if (!now.other.audio)
    return { tone: 'wait', key: 'call.other-muted' };
  if (!now.other.video)
    return { tone: 'wait', key: 'call.other-voice-only' };
  return { tone: 'good', key: 'call.good' };
}
