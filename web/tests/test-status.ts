import assert from 'node:assert/strict';
import test from 'node:test';
import { callStatus } from '../media/status';
import type { Situation } from '../media/status';
import { Quality, StatsReader } from '../media/quality';
import type { Sample } from '../media/quality';

const good: Situation = {
  state: 'active', link: 'live', peer: 'connected', verdict: 'good',
  other: { present: true, media: 'connected', audio: true, video: true },
  seenOther: true,
};
const key = (part: Partial<Situation>) => callStatus({ ...good, ...part }).key;

test('status: all well', () => {
  assert.equal(key({}), 'call.good');
});

test('status: names whose fault it is', () => {
  const other = good.other;
  assert.equal(key({ link: 'lost', peer: 'lost' }), 'call.own-network-lost');
  assert.equal(key({ peer: 'lost' }), 'call.own-media-lost');
  assert.equal(key({ link: 'lost' }), 'call.line-lost-media-on');
  assert.equal(key({ link: 'restarting', peer: 'lost' }), 'call.restarting');
  assert.equal(key({ other: { ...other, media: 'lost' } }), 'call.other-lost');
  assert.equal(key({ other: { ...other, present: false } }),
    'call.other-left');
  assert.equal(key({ other: { ...other, present: false }, seenOther: false }),
    'call.other-coming');
  assert.equal(key({ other: { ...other, media: 'connecting' } }),
    'call.other-connecting');
  assert.equal(key({ verdict: 'own-poor' }), 'call.own-poor');
  assert.equal(key({ verdict: 'other-poor' }), 'call.other-poor');
  assert.equal(key({ verdict: 'no-picture' }), 'call.no-picture');
});

test('status: a camera that is off is no fault', () => {
  assert.equal(key({ verdict: 'no-picture',
    other: { ...good.other, video: false } }), 'call.other-voice-only');
  assert.equal(key({ other: { ...good.other, audio: false } }),
    'call.other-muted');
});

const fine: Sample = { lossUp: 0, lossDown: 0, rtt_ms: 40, frames: 50,
  videoExpected: true };

test('quality: needs two bad samples, and three good ones to mend', () => {
  const quality = new Quality();
  const bad = { ...fine, lossUp: 0.2 };
  assert.equal(quality.take(fine), 'good');
  assert.equal(quality.take(bad), 'good');
  assert.equal(quality.take(bad), 'own-poor');
  assert.equal(quality.take(fine), 'own-poor');
  assert.equal(quality.take(fine), 'own-poor');
  assert.equal(quality.take(fine), 'good');
});

test('quality: tells a frozen picture from an absent camera', () => {
  const quality = new Quality();
  const frozen = { ...fine, frames: 0 };
  quality.take(frozen);
  assert.equal(quality.take(frozen), 'no-picture');
  const absent = new Quality();
  absent.take({ ...frozen, videoExpected: false });
  assert.equal(absent.take({ ...frozen, videoExpected: false }), 'good');
});

test('quality: reads differences, not totals', () => {
  const reader = new StatsReader();
  const report = (received: number, lost: number, frames: number) => [
    { type: 'inbound-rtp', packetsReceived: received, packetsLost: lost,
      framesDecoded: frames },
    { type: 'remote-inbound-rtp', fractionLost: 0.1 },
    { type: 'candidate-pair', nominated: true, state: 'succeeded',
      currentRoundTripTime: 0.05 },
  ];
  assert.equal(reader.read(report(1000, 100, 10), true), null);
  const sample = reader.read(report(1090, 110, 60), true)!;
  assert.equal(sample.lossDown, 0.1);
  assert.equal(sample.frames, 50);
  assert.equal(sample.lossUp, 0.1);
  assert.equal(sample.rtt_ms, 50);
});
