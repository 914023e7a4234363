// From WebRTC statistics to a cause in words. Samples are differences of
// two seconds or so; verdicts have hysteresis, so that words do not flicker.

export interface Sample {
  /** Lost share of what we sent, as the gateway reports, 0..1. */
  lossUp: number;
  /** Lost share of what we should have received, 0..1. */
  lossDown: number;
  rtt_ms: number;
  /** Pictures decoded since the last sample. */
  frames: number;
  /** The other side says that its camera is on. */
  videoExpected: boolean;
}

export type Verdict = 'good' | 'own-poor' | 'other-poor' | 'no-picture';

const BAD_LOSS = 0.08;
const BAD_RTT_MS = 800;
const SAMPLES_TO_WORSEN = 2;
const SAMPLES_TO_MEND = 3;

function judge(sample: Sample): Verdict {
  if (sample.lossUp > BAD_LOSS || sample.rtt_ms > BAD_RTT_MS)
    return 'own-poor';
  if (sample.lossDown > BAD_LOSS)
    return 'other-poor';
  if (sample.videoExpected && sample.frames === 0)
    return 'no-picture';
  return 'good';
}

export class Quality {
  verdict: Verdict = 'good';
  private candidate: Verdict = 'good';
  private seen = 0;

  /** Returns the verdict that holds after this sample. */
  take(sample: Sample): Verdict {
    const verdict = judge(sample);
    this.seen = verdict === this.candidate ? this.seen + 1 : 1;
    this.candidate = verdict;
    const needed = verdict === 'good' ? SAMPLES_TO_MEND : SAMPLES_TO_WORSEN;
    if (this.seen >= needed)
      this.verdict = verdict;
    return this.verdict;
  }
}

interface Totals {
  received: number; lostDown: number; frames: number; lossUp: number;
  rtt_ms: number;
}

type AnyStat = {
  type: string; kind?: string; packetsReceived?: number; packetsLost?: number;
  framesDecoded?: number; fractionLost?: number; nominated?: boolean;
  state?: string; currentRoundTripTime?: number;
};

/** Reads a report; differences are kept between calls. */
export class StatsReader {
  private last: Totals | null = null;

  read(report: { forEach(use: (stat: AnyStat) => void): void },
    videoExpected: boolean): Sample | null {
    const now: Totals = {
      received: 0, lostDown: 0, frames: 0, lossUp: 0, rtt_ms: 0 };
    report.forEach((stat) => {
      if (stat.type === 'inbound-rtp') {
        now.received += stat.packetsReceived || 0;
        now.lostDown += stat.packetsLost || 0;
        now.frames += stat.framesDecoded || 0;
      } else if (stat.type === 'remote-inbound-rtp') {
        now.lossUp = Math.max(now.lossUp, stat.fractionLost || 0);
      } else if (stat.type === 'candidate-pair' && stat.nominated
          && stat.state === 'succeeded') {
        now.rtt_ms = (stat.currentRoundTripTime || 0) * 1000;
      }
    });
    const before = this.last;
    this.last = now;
    if (!before)
      return null;
    const received = Math.max(0, now.received - before.received);
    const lost = Math.max(0, now.lostDown - before.lostDown);
    return {
      lossUp: now.lossUp,
      lossDown: lost / Math.max(1, received + lost),
      rtt_ms: now.rtt_ms,
      frames: Math.max(0, now.frames - before.frames),
      videoExpected,
    };
  }
}
