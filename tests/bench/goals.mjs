// What the measurements have to show, and whether they did.
import { betterJanus, ratio } from './stats.mjs';

const COST_TO_RAW = 1.3;
const FLATNESS = 0.15;
const COURSE_TO_JANUS = 1 / 6;
const ROOMS_TO_JANUS = 1 / 8;
const ROOM_RSS_TO_JANUS = 1 / 5;
const RSS_SLOPE_KB = 48;
const LATENCY_US = 2000;
const LATENCY_SLACK_US = 1000;
const JOIN_MS = 100;
const STORM_JOIN_MS = 3000;
const STORM_LATENCY_US = 20000;
const FLOOD_RSS_KB = 1024;
/* Nearly nothing: a flood is counted to the last packet, but a packet that the
 * kernel loses on its way to the socket, where nobody counts for the server,
 * and one of the calls that is dropped in the same seconds are no mistake of
 * the counters. */
const UNTOLD = 0.001;

function better(sides) {
  const name = betterJanus(sides ?? {});
  return name ? sides[name] : null;
}

/* goal: the text; seen: a number, null if it could not be seen; at most:
 * limit. A note may say how it is read. */
function atMost(goal, seen, limit, unit, digits = 2) {
  if (seen === null || seen === undefined || !Number.isFinite(seen))
    return { goal, seen: null, limit, unit, digits, verdict: 'not seen' };
  const over = seen - limit;
  return { goal, seen, limit, unit, digits,
    verdict: over <= 0 ? 'met' : 'missed', over: Math.max(over, 0) };
}

function costGoals(cells) {
  const list = [];
  for (const way of ['burst', 'spread']) {
    for (const n of [30, 100, 300, 600]) {
      const sides = cells[`course-${way}-${n}`];
      if (!sides) continue;
      list.push(atMost(`1 → ${n}, ${way}: cost ≤ ${COST_TO_RAW} × raw limit`,
        ratio(sides.yilian, sides.raw), COST_TO_RAW, '×'));
      if (sides.janus0 || sides.janus2)
        list.push(atMost(`1 → ${n}, ${way}: cost ≤ 1/6 of Janus`,
          ratio(sides.yilian, better(sides)), COURSE_TO_JANUS, '×', 3));
    }
    const at30 = cells[`course-${way}-30`];
    const at600 = cells[`course-${way}-600`];
    if (!at30 || !at600) continue;
    const low = ratio(at30.yilian, at30.raw);
    const high = ratio(at600.yilian, at600.raw);
    list.push(atMost(
      `flat, ${way}: ratio to raw at 600 within ${FLATNESS} of that at 30`,
      low === null || high === null ? null : Math.abs(high - low), FLATNESS,
      ''));
  }
  return list;
}

function roomGoals(cells) {
  const list = [];
  for (const n of [5, 20, 60]) {
    const sides = cells[`rooms-${n}`];
    if (!sides) continue;
    list.push(atMost(`${n} rooms: cost ≤ 1/8 of Janus`,
      ratio(sides.yilian, better(sides)), ROOMS_TO_JANUS, '×', 3));
    list.push(atMost(`${n} rooms: memory a room ≤ 1/5 of Janus`,
      ratio(sides.yilian, better(sides), 'rss_each_kb'), ROOM_RSS_TO_JANUS,
      '×', 3));
  }
  return list;
}

function latencyGoals(cells) {
  const list = [];
  for (const id of ['course-burst-60', 'rooms-60']) {
    const cell = cells[id]?.yilian;
    if (cell)
      list.push(atMost(`${id === 'rooms-60' ? '60 rooms' : '1 → 60'
      }: added latency p99 ≤ 2 ms`, cell.latency_p99_us?.p50 / 1000,
      LATENCY_US / 1000, 'ms'));
  }
  for (const n of [300, 600]) {
    const cell = cells[`course-burst-${n}`]?.yilian;
    if (!cell?.cost_ns || !cell.latency_p99_us) continue;
    const packets = Math.ceil(cell.frame_packets?.p50 ?? 6);
    const limit = (packets * n * cell.cost_ns.p50 / 1000 + LATENCY_SLACK_US)
      / 1000;
    list.push(atMost(`1 → ${n}: added latency p99 ≤ ${packets} packets × ${n}`
      + ` × ${Math.round(cell.cost_ns.p50)} ns + 1 ms`,
    cell.latency_p99_us.p50 / 1000, limit, 'ms'));
  }
  return list;
}

/** KB a viewer from 100 to 600 viewers. */
export function rssSlope(cells, side) {
  const low = cells['course-burst-100']?.[side]?.rss_kb;
  const high = cells['course-burst-600']?.[side]?.rss_kb;
  return low && high ? (high.p50 - low.p50) / 500 : null;
}

function memoryGoals(cells) {
  const list = [];
  if (cells['course-burst-100'] && cells['course-burst-600'])
    list.push(atMost('memory from 100 to 600 viewers ≤ 48 KB a viewer',
      rssSlope(cells, 'yilian'), RSS_SLOPE_KB, 'KB', 1));
  const threads = ['course-burst-10', 'course-burst-600']
    .map((id) => cells[id]?.yilian?.threads?.p50);
  if (threads.every(Number.isFinite))
    list.push(atMost('threads more at 600 viewers than at 10',
      threads[1] - threads[0], 0, '', 0));
  return list;
}

/* One packet of one run decides, so what the machine itself was late by then
 * belongs beside it. */
function stormNote({ latency_p999_us: p999, machine_max_us: machine }) {
  const ms = (us) => `${(us / 1000).toFixed(1)} ms`;
  return ['the maximum of all runs',
    p999 && `p99.9 is ${ms(p999.max)}`,
    machine && `a thread that did nothing but wait woke up to ${
      ms(machine.max)} late`].filter(Boolean).join('; ');
}

function joinGoals(cells) {
  const list = [];
  const course = cells['course-burst-30']?.yilian;
  if (course)
    list.push(atMost('1 → 30: join p95 ≤ 100 ms', course.join_p95_ms?.p50,
      JOIN_MS, 'ms', 0));
  const storm = cells.storm?.yilian;
  if (storm) {
    list.push(atMost('200 joining at once: the last one sees video ≤ 3 s',
      storm.join_max_ms?.p50, STORM_JOIN_MS, 'ms', 0));
    list.push({ ...atMost('200 joining at once: media of those there ≤ 20 ms '
      + 'late', storm.latency_max_us?.max / 1000, STORM_LATENCY_US / 1000,
    'ms', 1), note: stormNote(storm) });
  }
  return list;
}

function floodGoals(cells) {
  return Object.keys(cells).filter((id) => id.startsWith('flood-')
    && cells[id].yilian).flatMap((id) => {
    const { lost, untold, rss_grown_kb: grown } = cells[id].yilian;
    const name = id.replace('-', ' of ');
    return [
      atMost(`${name}: nobody loses anything`, lost?.max, 0, 'packets', 0),
      atMost(`${name}: counters say what was dropped, but for ≤ ${
        100 * UNTOLD} %`, untold && 100 * untold.max, 100 * UNTOLD, '%', 3),
      atMost(`${name}: memory grows ≤ ${FLOOD_RSS_KB / 1024} MB`,
        grown?.max / 1024, FLOOD_RSS_KB / 1024, 'MB'),
    ];
  });
}

function noisyGoals(cells) {
  const cell = cells.noisy?.yilian;
  if (!cell?.latency_p99_us || !cell.alone_p99_us) return [];
  const machine = cell.machine_p99_us;
  return [{ ...atMost('a loud course: p99 of quiet rooms beside it ≤ 2 ms',
    cell.latency_p99_us.p50 / 1000, LATENCY_US / 1000, 'ms'),
  note: machine && `p99 of a thread that did nothing but wait: ${
    (machine.p50 / 1000).toFixed(2)} ms` }];
}

/** Every goal that what was run can answer. */
export function judge(cells) {
  return [...costGoals(cells), ...roomGoals(cells), ...latencyGoals(cells),
    ...memoryGoals(cells), ...joinGoals(cells), ...floodGoals(cells),
    ...noisyGoals(cells)];
}

