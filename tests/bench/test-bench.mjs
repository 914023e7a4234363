// Statistics, plan, goals, tables and picture of the bench, on made-up runs.
import assert from 'node:assert/strict';
import test from 'node:test';
import { judge, rssSlope } from './goals.mjs';
import { draw, ticks } from './picture.mjs';
import { SIDES, beyond, choose, guessSeconds, isSettled, likely, scenarios,
  schedule } from './plan.mjs';
import { twice } from './runner.mjs';
import { betterJanus, isOverload, isSound, quantile, ratio, saturation, spread,
  summarize, tabulate, untold } from './stats.mjs';
import { align, digits, floodRows, fraction, goalRows, readme, refresh, rows,
  text }
  from './table.mjs';

const CORES = 2;
const CRYPTO = { raw: 'openssl', yilian: 'ipsec-mb', janus0: 'libsrtp2',
  janus2: 'libsrtp2' };

function run(id, side, cost, more = {}) {
  return { id, side, single: SIDES[side].single, senders: 1,
    cpu_ns_per_packet: cost, core_percent: 10, own_core_percent: 20,
    rss_kb: 30000, rss_each_kb: 40, threads: 5, packets: 1000, loss: 0,
    sent: 230, unsent: 0, seconds: 1, srtp_profile: 'AEAD_AES_128_GCM',
    crypto: CRYPTO[side],
    latency_us: { p50: 100, p99: 900, max: 1500 },
    join_ms: { p50: 20, p95: 60, max: 80 }, ...more };
}

function resultOf(runs) {
  const cells = tabulate(runs, CORES);
  return { date: '2026-01-02T03:04:05Z', repeats: 5, seconds: 3, cells,
    machine: { cpu: 'A CPU', cores: CORES, virtual: 'none', system: 'Debian',
      kernel: '6', openssl: '3', janus: '1', ipsec_mb: '4',
      libsrtp: '2 on NSS' },
    scenarios: scenarios().filter(({ id }) => cells[id]),
    goals: judge(cells), notes: [] };
}

test('quantiles lie between neighbours', () => {
  assert.equal(quantile([], 0.5), null);
  assert.equal(quantile([7], 0.25), 7);
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([5, 1, 2, 4, 3], 0.25), 2);
});

test('values that are missing do not count', () => {
  assert.equal(spread([undefined, null, NaN]), null);
  assert.deepEqual(spread([3, undefined, 1]),
    { p50: 2, p25: 1.5, p75: 2.5, max: 3, n: 2 });
});

test('a run says that it was overloaded', () => {
  const say = (more, side = 'yilian') =>
    saturation(run('x', side, 1, more), CORES);
  assert.equal(say({}), null);
  assert.match(say({ core_percent: 99 }), /whole core/);
  assert.equal(say({ core_percent: 99 }, 'janus0'), null);
  assert.match(say({ core_percent: 120, own_core_percent: 75 }, 'janus0'),
    /all 2 cores/);
  assert.match(say({ loss: 20 }), /2\.0 % lost/);
  assert.match(say({ packets: 0 }), /nothing/);
  assert.match(say({ unsent: 10 }), /could not send/);
});

test('what arrives late or not at all is overload', () => {
  const say = (more) => saturation(run('x', 'raw', 1, more), CORES);
  assert.equal(say({ fan: 4, expected: 1000 }), null);
  assert.match(say({ fan: 5, expected: 1250 }), /80\.0 % arrived/);
  assert.match(say({ latency_us: { p99: 600000 } }), /0\.6 s late/);
  const cell = summarize([run('x', 'janus0', 10),
    { side: 'janus0', error: 'load: connection 3: gets no media' }], CORES);
  assert.deepEqual([cell.failed, cell.saturated, isSound(cell)],
    [0, 1, false]);
});

test('only what Janus says of itself differs', () => {
  const error = 'load: connection 9: failed: the server ended the connection';
  assert.ok(isOverload({ side: 'janus2', error }));
  assert.ok(!isOverload({ side: 'yilian', error }));
  assert.ok(isOverload({ side: 'yilian', error: 'load: 3: does not connect' }));
  assert.ok(isOverload({ side: 'yilian',
    error: 'load: 3: failed: POST /whep/course-0: HTTP status 503: full' }));
  assert.ok(!isOverload({ side: 'yilian',
    error: 'load: 3: failed: POST /whep/course-0: HTTP status 401: no' }));
  assert.ok(!isOverload({ side: 'raw' }));
});

test('others are not driven beyond what they can', () => {
  const chosen = choose(['course-burst']);
  const job = (side, n) => ({ side,
    scenario: chosen.find(({ viewers }) => viewers === n) });
  const isOver = (id) => id === 'course-burst-300';
  assert.equal(beyond(job('janus0', 600), chosen, isOver), 300);
  assert.equal(beyond(job('janus0', 300), chosen, isOver), null);
  assert.equal(beyond(job('yilian', 600), chosen, isOver), null);
});

test('failed runs are counted and not averaged', () => {
  const cell = summarize([run('x', 'raw', 10), { error: 'gone' },
    run('x', 'raw', 20)], CORES);
  assert.equal(cell.failed, 1);
  assert.equal(cell.error, 'gone');
  assert.equal(cell.cost_ns.p50, 15);
  assert.ok(isSound(cell));
  assert.ok(!isSound(summarize([{ error: 'gone' }], CORES)));
  assert.ok(!isSound(undefined));
});

test('packets a frame are what is sent less audio', () => {
  const cell = summarize([run('x', 'raw', 1,
    { sent: 2 * 230 * 3, senders: 2, seconds: 3 })], CORES);
  assert.equal(cell.frame_packets.p50, 6);
});

test('the better Janus is the cheaper one that is sound', () => {
  const cells = tabulate([run('c', 'janus0', 30), run('c', 'janus2', 20),
    run('d', 'janus0', 30), run('d', 'janus2', 20, { loss: 900 })], CORES);
  assert.equal(betterJanus(cells.c), 'janus2');
  assert.equal(betterJanus(cells.d), 'janus0');
  assert.equal(betterJanus({}), null);
});

test('no ratio to what was overloaded', () => {
  const cells = tabulate([run('c', 'yilian', 30), run('c', 'raw', 20),
    run('c', 'janus0', 90, { loss: 900 })], CORES);
  assert.equal(ratio(cells.c.yilian, cells.c.raw), 1.5);
  assert.equal(ratio(cells.c.yilian, cells.c.janus0), null);
  assert.equal(ratio(cells.c.yilian, undefined), null);
});

test('each repeat has every side, another one first', () => {
  const chosen = choose(['course-burst-30']);
  const jobs = schedule(chosen, 5);
  assert.equal(jobs.length, 20);
  const first = [0, 1, 2, 3].map((repeat) =>
    jobs.find((job) => job.repeat === repeat).side);
  assert.equal(new Set(first).size, 4);
  const storm = schedule(choose(['storm']), 5);
  assert.equal(storm.filter(({ side }) => side === 'janus0').length, 1);
  assert.ok(schedule(choose([]), 5).every(({ side }) => SIDES[side]));
});

test('what a goal is read from runs as often as was asked for', () => {
  const jobs = schedule(choose([]), 5);
  const runs = (id, side) => jobs.filter(({ scenario, side: one }) =>
    scenario.id === id && one === side).length;
  for (const way of ['burst', 'spread']) {
    for (const n of [30, 100, 300, 600])
      for (const side of ['yilian', 'raw'])
        assert.equal(runs(`course-${way}-${n}`, side), 5, `${n} ${side}`);
    for (const n of [30, 100])
      assert.equal(runs(`course-${way}-${n}`, 'janus2'), 5);
  }
  for (const id of ['course-burst-60', 'rooms-5', 'rooms-20', 'rooms-60',
    'storm', 'noisy', 'flood-rtp', 'flood-checks', 'flood-replay'])
    assert.equal(runs(id, 'yilian'), 5, id);
});

test('all of it fits into half an hour', () => {
  const options = { warmup: 0.8, seconds: 2.5 };
  const seconds = likely(schedule(choose([]), 5))
    .reduce((sum, job) => sum + guessSeconds(job, options), 0);
  assert.ok(seconds < 28 * 60, `${Math.round(seconds / 60)} minutes`);
});

test('a failed run is told of and tried once more', async () => {
  const play = async (...answers) => {
    const told = [];
    const left = [...answers];
    const last = await twice(async () => left.shift(), (one) => one?.error,
      (one) => told.push(one.error));
    return [last, told, left.length];
  };
  assert.deepEqual(await play({ n: 1 }, { n: 2 }), [{ n: 1 }, [], 1]);
  assert.deepEqual(await play({ error: 'a' }, { n: 2 }), [{ n: 2 }, ['a'], 0]);
  assert.deepEqual(await play({ error: 'a' }, { error: 'b' }, { n: 3 }),
    [{ error: 'b' }, ['a'], 1]);
  assert.deepEqual(await play(null, { n: 2 }), [null, [], 1]);
});

test('names that begin no scenario are refused', () => {
  assert.throws(() => choose(['curse']), /no scenario/);
  assert.equal(choose(['rooms']).length, 3);
});

test('of two Janus the worse one stops after two runs', () => {
  const job = { side: 'janus2' };
  assert.ok(!isSettled(job, {}));
  assert.ok(!isSettled(job, { janus0: [1, 2], janus2: [3] }));
  assert.ok(isSettled(job, { janus0: [1, 2], janus2: [3, 4] }));
  assert.ok(!isSettled(job, { janus0: [3, 4], janus2: [1, 2] }));
  assert.ok(!isSettled({ side: 'raw' }, { raw: [3, 4] }));
});

test('goals are met, missed by so much, or not seen', () => {
  const goals = judge(tabulate([run('course-burst-30', 'yilian', 150),
    run('course-burst-30', 'raw', 100), run('course-burst-30', 'janus0', 1000),
    run('course-burst-100', 'yilian', 120),
    run('course-burst-100', 'raw', 100, { loss: 900 })], CORES));
  const find = (start) => goals.find(({ goal }) => goal.startsWith(start));
  assert.equal(find('1 → 30, burst: cost ≤ 1.3').verdict, 'missed');
  assert.ok(Math.abs(find('1 → 30, burst: cost ≤ 1.3').over - 0.2) < 1e-9);
  assert.equal(find('1 → 30, burst: cost ≤ 1/6').verdict, 'met');
  assert.equal(find('1 → 100, burst: cost ≤ 1.3').verdict, 'not seen');
  assert.equal(find('1 → 30: join').verdict, 'met');
  const shown = goalRows(goals).map((row) => row.join(' '));
  assert.ok(shown.some((line) => /1\.50 × MISSED by 0\.20 ×/.test(line)));
});

test('in a storm the latest packet of all runs counts', () => {
  const storm = (max, machine) => run('storm', 'yilian', 1, {
    latency_us: { p50: 100, p99: 900, p999: 8000, max },
    machine_us: { p99: 100, max: machine } });
  const goalOf = (...runs) => judge(tabulate(runs, CORES))
    .find(({ goal }) => /those there/.test(goal));
  assert.equal(goalOf(storm(19000, 1000)).verdict, 'met');
  const late = goalOf(storm(3000, 1000), storm(25000, 15000),
    storm(3000, 500));
  assert.deepEqual([late.verdict, late.seen], ['missed', 25]);
  const [, line] = goalRows([late]);
  assert.match(line[2], /MISSED by 5\.0 ms .*maximum .*8\.0 ms.*15\.0 ms/);
});

test('memory grows by its slope, not by its size', () => {
  const cells = tabulate([
    run('course-burst-100', 'yilian', 1, { rss_kb: 40000 }),
    run('course-burst-600', 'yilian', 1, { rss_kb: 60000 })], CORES);
  assert.equal(rssSlope(cells, 'yilian'), 40);
  assert.equal(rssSlope(cells, 'raw'), null);
});

test('one lost packet in one run misses the goal of a flood', () => {
  const goals = judge(tabulate([run('flood-rtp', 'yilian', 1),
    run('flood-rtp', 'yilian', 1, { loss: 1 })], CORES));
  assert.deepEqual(goals.filter(({ goal }) => /loses/.test(goal))
    .map(({ verdict }) => verdict), ['missed']);
});

function flooded(dropped, more = {}) {
  return run('flood-rtp', 'yilian', 1, { flooded: 100000, dropped,
    rss_before_kb: 30000, rss_after_kb: 30100, ...more });
}

test('a flood is what was dropped, by the kernel or for a reason', () => {
  assert.equal(untold({ flooded: 100, dropped: { a: 60, b: 40 } }), 0);
  assert.equal(untold({ flooded: 100, dropped: { kernel_full: 30, a: 70 } }),
    0);
  assert.equal(untold({ flooded: 100, dropped: { a: 90 } }), 0.1);
  assert.equal(untold({ flooded: 100, dropped: { kernel_full: 10, a: 100 } }),
    0.1);
  assert.equal(untold({ flooded: 100 }), null);
  assert.equal(untold({ dropped: {} }), null);
});

test('a flood has to be told of in every run, and grow nothing', () => {
  const goalsOf = (...runs) => judge(tabulate(runs, CORES));
  const find = (goals, what) => goals.find(({ goal }) => what.test(goal));
  const good = flooded({ unknown_source: 100000 });
  const met = goalsOf(good, flooded({ unknown_source: 99950 }));
  assert.equal(find(met, /counters say/).verdict, 'met');
  assert.equal(find(met, /memory/).verdict, 'met');
  const bad = goalsOf(good, flooded({ unknown_source: 99000 },
    { rss_after_kb: 32048 }));
  assert.deepEqual([find(bad, /counters say/).verdict,
    find(bad, /counters say/).seen], ['missed', 1]);
  assert.deepEqual([find(bad, /memory/).verdict, find(bad, /memory/).seen],
    ['missed', 2]);
  const mute = goalsOf(run('flood-rtp', 'yilian', 1));
  assert.equal(find(mute, /counters say/).verdict, 'not seen');
  assert.equal(find(mute, /memory/).verdict, 'not seen');
});

test('the table tells what became of a flood', () => {
  const result = resultOf([flooded({ kernel_full: 1000, too_late: 3,
    unknown_source: 98990 }), flooded({ unknown_source: 100000 })]);
  const [head, line] = floodRows(result);
  const cell = (name) => line[head.indexOf(name)];
  assert.equal(cell('sent'), '100 000');
  assert.equal(cell('dropped by reason'), 'unknown_source 99 495, too_late 2');
  assert.equal(cell('by the kernel'), '500');
  assert.equal(cell('not told'), '0.007 %');
  assert.equal(cell('RSS KB before → after'), '30 000 → 30 100');
  assert.match(text(result), /unknown_source 99 495/);
  assert.deepEqual(floodRows(resultOf([run('storm', 'yilian', 1)])), []);
});

test('failures and overload stand in the table', () => {
  const result = resultOf([run('course-burst-30', 'yilian', 150),
    { id: 'course-burst-30', side: 'raw', error: 'ended with 1' },
    run('course-burst-30', 'janus0', 9000, { loss: 900 })]);
  const page = text(result);
  assert.match(page, /raw limit .*FAILED: ended with 1/);
  assert.match(page, /Janus .*SATURATED in 1 of 1: 47\.4 % lost/);
  assert.match(page, /SRTP of Yilian: AEAD_AES_128_GCM by intel-ipsec-mb 4\n/);
  assert.equal(rows(result).length, 4);
});

test('the table says who was told to come later', () => {
  const page = (retries) => text(resultOf([run('storm', 'yilian', 1),
    run('storm', 'yilian', 1, { retries })]));
  assert.match(page(7), /told to come later: 7 times/);
  assert.ok(!page(0).includes('later'));
});

test('numbers are short and columns straight', () => {
  assert.deepEqual([null, 1.234, 12.34, 1234567].map(digits),
    ['–', '1.23', '12.3', '1 234 567']);
  assert.deepEqual([null, 0.1, 1.5].map(fraction), ['–', '1/10.0', '1.50 ×']);
  assert.equal(align([['a', 'b'], ['≤ 1', 'c']]), 'a    b\n≤ 1  c');
});

test('the README is refreshed between its marks only', () => {
  const page = 'a\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nb\n';
  const part = readme(resultOf([run('course-burst-30', 'yilian', 150),
    run('course-burst-30', 'raw', 100)]));
  const next = refresh(page, part);
  assert.match(next, /begin -->\n!\[[^\]]*\]\(doc\/bench\.svg\)\n\n2026-01/);
  assert.match(next, /\| 1 → 30, frames in one burst \| 100 ns \| 150 ns \|/);
  assert.ok(!next.includes('old') && next.endsWith('<!-- bench: end -->\nb\n'));
  assert.equal(refresh(next, part), next);
  assert.throws(() => refresh('nothing', part));
});

test('the README says by itself how its figures came about', () => {
  const runs = (n, side, cost) => Array.from({ length: n }, () =>
    run('course-burst-30', side, cost));
  const result = resultOf([...runs(5, 'yilian', 150), ...runs(4, 'raw', 100),
    ...runs(2, 'janus0', 900), ...runs(5, 'janus2', 800),
    run('course-burst-100', 'yilian', 150), run('gro-30', 'yilian', 1)]);
  result.notes = ['a run failed', 'so did another'];
  const page = readme(result);
  assert.match(page, new RegExp('2026-01-02, A CPU, 2 cores, Debian, kernel 6, '
    + 'Janus 1\\. Medians of runs of 3 s, taken in turns: 1 to 5 of Yilian, '
    + '4 of the raw limit and 5 of Janus\\.'));
  assert.match(page, new RegExp('SRTP is AEAD_AES_128_GCM, by intel-ipsec-mb 4 '
    + 'in Yilian, OpenSSL 3 in the raw limit and libsrtp2 2 on NSS in Janus'));
  assert.match(page, /\d of \d+ goals are met, \d missed, \d+ not seen\.\n/);
  assert.match(page, /\| 1 → 30, burst: cost ≤ 1\.3[^|]*\| 1\.50 × \| MISSED by/);
  assert.ok(!/join p95[^|]*\|[^|]*\| met/.test(page));
  assert.match(page, /\n- a run failed\n- so did another$/);
  const bare = resultOf([{ ...run('course-burst-30', 'yilian', 150),
    crypto: undefined }]);
  assert.match(readme(bare), /SRTP is AEAD_AES_128_GCM\.\n/);
  assert.match(text(resultOf([])), /nothing was run/);
});

test('ticks cover what lies between, no more', () => {
  assert.deepEqual(ticks(800, 6000), [1000, 2000, 5000]);
  assert.deepEqual(ticks(1000, 1000), [1000]);
});

test('the picture has a line for each side that was measured', () => {
  const result = resultOf([10, 30, 100].flatMap((n) => [
    run(`course-burst-${n}`, 'yilian', 1500), run(`course-burst-${n}`, 'raw',
      1200), run(`course-burst-${n}`, 'janus0', 20000,
      { loss: n > 30 ? 900 : 0 })]));
  const svg = draw(result, { betterJanus, isSound });
  assert.equal(svg.match(/<polyline/g).length, 3);
  assert.equal(svg.match(/<circle/g).length, 9);
  assert.match(svg, /overloaded/);
  assert.ok(!/NaN|undefined|Infinity/.test(svg));
  assert.equal(draw(resultOf([]), { betterJanus, isSound }), null);
});

test('a single run is a picture, too', () => {
  const svg = draw(resultOf([run('course-spread-30', 'yilian', 1500)]),
    { betterJanus, isSound });
  assert.ok(!/NaN|undefined|Infinity/.test(svg));
});
