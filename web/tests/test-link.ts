import assert from 'node:assert/strict';
import test from 'node:test';
import { isError } from '../protocol/errors';
import { Link } from '../protocol/link';
import type { LinkState, SocketLike } from '../protocol/link';
import { backoffMs } from '../protocol/backoff';

class FakeSocket implements SocketLike {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onopen: (() => void) | null = null;
  sent: { id: number; method: string; params: { command?: string } }[] = [];
  shut = false;
  send(text: string): void { this.sent.push(JSON.parse(text)); }
  close(): void { this.shut = true; }
  say(message: object): void {
    this.onmessage!({ data: JSON.stringify({ jsonrpc: '2.0', ...message }) });
  }
  hello(epoch: string): void {
    this.say({ method: 'hello', params: { epoch, server_time: 1,
      version: 't', demo: true } });
  }
}

function rig() {
  const sockets: FakeSocket[] = [];
  const states: LinkState[] = [];
  const told: string[] = [];
  let timers: { at: number; fire: () => void }[] = [];
  let now_ms = 0;
  const link = new Link({
    open: () => {
      sockets.push(new FakeSocket());
      return sockets[sockets.length - 1]!;
    },
    setTimer: (after_ms, fire) => {
      const timer = { at: now_ms + after_ms, fire };
      timers.push(timer);
      return timer;
    },
    clearTimer: (timer) => { timers = timers.filter((one) => one !== timer); },
    random: () => 1,
    now: () => now_ms,
  }, {
    state: (state) => states.push(state),
    notification: (name) => { told.push(name); },
    roundTrip: () => undefined,
  });
  const pass = (span_ms: number) => {
    const until = now_ms + span_ms;
    for (;;) {
      const due = timers.filter((one) => one.at <= until)
        .sort((a, b) => a.at - b.at)[0];
      if (!due)
        break;
      timers = timers.filter((one) => one !== due);
      now_ms = due.at;
      due.fire();
    }
    now_ms = until;
  };
  const last = () => sockets[sockets.length - 1]!;
  return { link, sockets, states, told, pass, last };
}

test('link: back-off is jittered between 0.5 s and 8 s', () => {
  for (let attempt = 0; attempt < 20; attempt += 1)
    for (const random of [0, 0.3, 1]) {
      const wait_ms = backoffMs(attempt, random);
      assert.ok(wait_ms >= 500 && wait_ms <= 8000, String(wait_ms));
    }
  assert.equal(backoffMs(9, 1), 8000);
  assert.notEqual(backoffMs(5, 0.1), backoffMs(5, 0.9));
});

test('link: asks only after hello', async () => {
  const { link, last, states } = rig();
  link.open();
  const answer = link.call('home.get', {});
  assert.equal(last().sent.length, 0);
  last().hello('e1');
  assert.equal(last().sent.length, 1);
  last().say({ id: last().sent[0]!.id, result: { ok: 1 } });
  assert.deepEqual(await answer, { ok: 1 });
  assert.deepEqual(states, ['connecting', 'live']);
});

test('link: a command lost with its line is asked again, same id', async () => {
  const { link, sockets, pass, last, states } = rig();
  link.open();
  last().hello('e1');
  const answer = link.call('consultation.end',
    { command: 'abc', consultation: 'c' });
  last().onclose!({ code: 1006 });
  assert.equal(link.state, 'lost');
  pass(8000);
  assert.equal(sockets.length, 2);
  last().hello('e1');
  assert.equal(last().sent.length, 1);
  assert.equal(last().sent[0]!.params.command, 'abc');
  last().say({ id: last().sent[0]!.id, result: {} });
  await answer;
  assert.deepEqual(states, ['connecting', 'live', 'lost', 'live']);
});

test('link: nothing is asked twice on one socket', () => {
  const { link, last } = rig();
  link.open();
  link.call('home.get', {}).catch(() => undefined);
  last().hello('e1');
  last().hello('e1');
  assert.equal(last().sent.length, 1);
});

test('link: an offer is void after a restart of the server', async () => {
  const { link, last, pass } = rig();
  link.open();
  last().hello('e1');
  const offer = link.call('media.offer',
    { consultation: 'c', generation: 1, connection: 'p', sdp: 'x' });
  last().onclose!({ code: 1006 });
  pass(8000);
  last().hello('e2');
  await assert.rejects(offer, (error) => isError(error, 'new-epoch'));
  assert.equal(last().sent.length, 0);
});

test('link: an offer is asked again when the server did not restart', () => {
  const { link, last, pass } = rig();
  link.open();
  last().hello('e1');
  link.call('media.offer', { consultation: 'c', generation: 1,
    connection: 'p', sdp: 'x' }).catch(() => undefined);
  last().onclose!({ code: 1006 });
  pass(8000);
  last().hello('e1');
  assert.equal(last().sent[0]!.method, 'media.offer');
});

test('link: 4401 signs out and does not try again', async () => {
  const { link, sockets, pass, last } = rig();
  link.open();
  const answer = link.call('home.get', {});
  last().onclose!({ code: 4401 });
  await assert.rejects(answer, (error) => isError(error, 'not-signed-in'));
  assert.equal(link.state, 'signed-out');
  pass(60000);
  assert.equal(sockets.length, 1);
});

test('link: 4409 stays away until the seat is taken back', () => {
  const { link, sockets, pass, last } = rig();
  link.open();
  last().hello('e1');
  last().onclose!({ code: 4409 });
  assert.equal(link.state, 'taken');
  pass(60000);
  link.hurry();
  assert.equal(sockets.length, 1);
  link.open();
  last().hello('e1');
  assert.equal(link.state, 'live');
});

test('link: 1012 is a restart, and stays one while it lasts', () => {
  const { link, pass, last } = rig();
  link.open();
  last().hello('e1');
  last().onclose!({ code: 1012 });
  assert.equal(link.state, 'restarting');
  pass(600);
  last().onclose!({ code: 1006 });
  assert.equal(link.state, 'restarting');
  pass(8000);
  last().hello('e2');
  assert.equal(link.state, 'live');
});

test('link: a line dead without a word is found out', () => {
  const { link, sockets, pass, last } = rig();
  link.open();
  last().hello('e1');
  pass(20000);
  assert.equal(last().sent[0]!.method, 'session.get');
  pass(12000);
  assert.equal(link.state, 'lost');
  assert.ok(sockets[0]!.shut);
});

test('link: hurry skips the back-off', () => {
  const { link, sockets, last } = rig();
  link.open();
  last().hello('e1');
  last().onclose!({ code: 1006 });
  link.hurry();
  assert.equal(sockets.length, 2);
});

test('link: noise does no harm', () => {
  const { link, last } = rig();
  link.open();
  last().onmessage!({ data: 'no json' });
  last().hello('e1');
  last().say({ id: 999, result: {} });
  assert.equal(link.state, 'live');
});
