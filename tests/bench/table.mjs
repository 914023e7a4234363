// The tables: of all figures and of the goals, as text and for the README.
//
//   node table.mjs RESULT.json                    prints them
//   node table.mjs --readme RESULT.json README.md refreshes the README
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SIDES } from './plan.mjs';
import { BY_KERNEL, betterJanus, isSound, ratio } from './stats.mjs';

const NOTHING = '–';

/** A number with about three digits, thousands apart. */
export function digits(value) {
  if (value === null || value === undefined || !Number.isFinite(value))
    return NOTHING;
  if (value !== 0 && Math.abs(value) < 10) return value.toFixed(2);
  if (Math.abs(value) < 100) return value.toFixed(1);
  return count(value);
}

/** A whole number, thousands apart. */
function count(value) {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ' ');
}

const ms = (spread) => (spread ? digits(spread.p50 / 1000) : NOTHING);
const plain = (spread) => (spread ? digits(spread.p50) : NOTHING);

/** p50 with its quartiles. */
function quartiles(spread) {
  if (!spread) return NOTHING;
  if (spread.n === 1) return digits(spread.p50);
  return `${digits(spread.p50)} (${digits(spread.p25)}…${digits(spread.p75)})`;
}

/** Not a number of two digits but what it means: 1/9.3 of Janus. */
export function fraction(value) {
  if (value === null) return NOTHING;
  return value < 0.5 ? `1/${(1 / value).toFixed(1)}` : `${value.toFixed(2)} ×`;
}

function share(spread) {
  if (!spread) return NOTHING;
  return spread.max === 0 ? '0' : `${digits(100 * spread.p50)} %`;
}

const COLUMNS = ['scenario', 'side', 'runs', 'CPU ns/packet', '% of a core',
  'RSS KB each', 'threads', 'latency ms p50/p99/p99.9/max', 'join ms p50/p95',
  'loss', 'to raw', 'to Janus', ''];

function remark(cell) {
  if (cell.failed === cell.runs) return `FAILED: ${cell.error}`;
  const parts = [];
  if (cell.failed > 0)
    parts.push(`${cell.failed} of ${cell.runs} FAILED: ${cell.error}`);
  if (cell.saturated > 0)
    parts.push(`SATURATED in ${cell.saturated} of ${cell.runs}: ${cell.why}`);
  if (cell.retries?.max > 0)
    parts.push(`told to come later: ${count(cell.retries.max)} times in the `
      + 'worst run');
  if (cell.flooded_pps)
    parts.push(`${digits(cell.flooded_pps.p50)} packets/s of flood, which cost `
      + 'most of this');
  return parts.join('; ');
}

/* Like is held against like: what may use ipsec-mb against the raw limit
 * with it, where that was run. */
function floorOf(side, sides) {
  if (side === 'raw') return undefined;
  return (side === 'yilian' && sides.rawmb) || sides.raw;
}

function rowOf(title, side, sides) {
  const cell = sides[side];
  const raw = ratio(cell, floorOf(side, sides));
  const janus = betterJanus(sides);
  const toJanus = side === 'yilian' && janus
    ? ratio(cell, sides[janus]) : null;
  return [title, SIDES[side].name, String(cell.runs), quartiles(cell.cost_ns),
    plain(cell.core_percent), plain(cell.rss_each_kb),
    cell.threads ? String(cell.threads.p50) : NOTHING,
    ['p50', 'p99', 'p999', 'max'].map((at) => ms(cell[`latency_${at}_us`]))
      .join(' / '),
    `${plain(cell.join_p50_ms)} / ${plain(cell.join_p95_ms)}`,
    share(cell.loss), raw ? `${raw.toFixed(2)} ×` : NOTHING,
    fraction(toJanus), remark(cell)];
}

/** All rows of the big table, the heading first. */
export function rows(result) {
  const list = [COLUMNS];
  for (const { id, title } of result.scenarios) {
    const sides = result.cells[id];
    if (!sides) continue;
    for (const side of Object.keys(SIDES))
      if (sides[side]) list.push(rowOf(title, side, sides));
  }
  return list;
}

/* By reason, the most frequent first; the kernel has its own column. */
function reasons(dropped) {
  return Object.entries(dropped ?? {})
    .filter(([reason, { max }]) => reason !== BY_KERNEL && max > 0)
    .sort(([, a], [, b]) => b.p50 - a.p50)
    .map(([reason, { p50 }]) => `${reason} ${count(p50)}`)
    .join(', ') || NOTHING;
}

/** What became of each flood, the heading first; medians, but for the share
 *  nothing tells of: that is the worst. No rows without floods. */
export function floodRows(result) {
  const list = [['flood', 'runs', 'sent', 'dropped by reason', 'by the kernel',
    'not told', 'RSS KB before → after', 'lost of calls']];
  const whole = (spread) => (spread ? count(spread.p50) : NOTHING);
  for (const { id, title } of result.scenarios) {
    for (const [side, cell] of Object.entries(result.cells[id] ?? {})) {
      if (!cell.flooded) continue;
      list.push([`${title}, ${SIDES[side].name}`, String(cell.runs),
        whole(cell.flooded), reasons(cell.dropped), whole(cell.kernel_dropped),
        cell.untold ? `${(100 * cell.untold.max).toFixed(3)} %` : NOTHING,
        `${whole(cell.rss_before_kb)} → ${whole(cell.rss_after_kb)}`,
        count(cell.lost.max)]);
    }
  }
  return list.length > 1 ? list : [];
}

/** What the goals say, the heading first. */
export function goalRows(goals) {
  const show = ({ seen, digits: n, unit }, value) =>
    (seen === null ? NOTHING : `${value.toFixed(n)} ${unit}`.trim());
  return [['goal', 'seen', ''], ...goals.map((goal) => [goal.goal,
    show(goal, goal.seen), [goal.verdict === 'missed'
      ? `MISSED by ${show(goal, goal.over)} (limit ${goal.limit.toFixed(
        goal.digits)})` : goal.verdict, goal.note].filter(Boolean)
      .join('; ')])];
}

/** Columns padded to their widest cell, by code points. */
export function align(lines) {
  const size = (text) => [...text].length;
  const widths = lines[0].map((_, i) =>
    Math.max(...lines.map((line) => size(line[i]))));
  return lines.map((line) => line.map((text, i) =>
    text + ' '.repeat(widths[i] - size(text))).join('  ').trimEnd()).join('\n');
}

const words = (list) => (list.length < 2 ? list.join('')
  : `${list.slice(0, -1).join(', ')} and ${list.at(-1)}`);

/* What is compared: Yilian as it comes, the raw limit, the better Janus. */
const COMPARED = [
  ['Yilian', (sides) => sides.yilian],
  ['the raw limit', (sides) => sides.raw],
  ['Janus', (sides) => sides[betterJanus(sides)]],
];

/* Of each of them the cells of these scenarios. */
function compared(result, ids) {
  return COMPARED.map(([name, pick]) => [name,
    ids.map((id) => pick(result.cells[id] ?? {})).filter(Boolean)])
    .filter(([, cells]) => cells.length > 0);
}

/** How often each ran: time may have been over before what was planned, and
 *  not all is planned as often. */
function runText(result, ids) {
  const all = compared(result, ids).map(([name, cells]) => {
    const runs = cells.map((cell) => cell.runs);
    const [min, max] = [Math.min(...runs), Math.max(...runs)];
    return `${min === max ? min : `${min} to ${max}`} of ${name}`;
  });
  return all.length === 0 ? 'nothing was run'
    : `runs of ${result.seconds} s, taken in turns: ${words(all)}`;
}

function machineText({ machine, date, realtime }) {
  const { virtual } = machine;
  const known = !['none', 'unknown'].includes(virtual);
  return `${date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores${
    known ? ` (${virtual})` : ''}, ${machine.system}, kernel ${
    machine.kernel}, Janus ${machine.janus}${
    realtime ? ', all at real-time priority' : ''}`;
}

export function describe(result) {
  const { revision, changed } = result.machine;
  return `${machineText(result)}; ${
    runText(result, Object.keys(result.cells))}${
    revision ? `; revision ${revision}${changed ? ', changed' : ''}` : ''}`;
}

/* As a run names what did its encryption, and what this machine has of it. */
const LIBRARIES = {
  openssl: ({ openssl }) => `OpenSSL ${openssl}`,
  'ipsec-mb': ({ ipsec_mb: version }) => `intel-ipsec-mb ${version}`,
  libsrtp2: ({ libsrtp }) => `libsrtp2 ${libsrtp}`,
};

function cryptoText(result, cells) {
  const names = [...new Set(cells.flatMap(({ crypto }) => crypto ?? []))];
  return words(names.map((name) => LIBRARIES[name]?.(result.machine) ?? name));
}

const profilesOf = (cells) => [...new Set(cells.flatMap(({ profiles }) =>
  profiles))];

/** Which SRTP profile each side ran, and with whose AES. */
export function profileLines(result) {
  return Object.keys(SIDES).flatMap((side) => {
    const cells = Object.values(result.cells).map((sides) => sides[side])
      .filter(Boolean);
    const profiles = profilesOf(cells);
    const crypto = cryptoText(result, cells);
    return profiles.length === 0 ? []
      : [`SRTP of ${SIDES[side].name}: ${profiles.join(', ')}${
        crypto ? ` by ${crypto}` : ''}`];
  });
}

/* The same in one sentence. */
function srtpText(result, ids) {
  const all = compared(result, ids);
  const by = all.map(([name, cells]) => [name, cryptoText(result, cells)])
    .filter(([, crypto]) => crypto)
    .map(([name, crypto]) => `${crypto} in ${name}`);
  const profiles = words(profilesOf(all.flatMap(([, cells]) => cells)));
  return `SRTP is ${profiles || 'unknown'}${
    by.length > 0 ? `, by ${words(by)}` : ''}.`;
}

/** Everything, for a terminal. */
export function text(result) {
  const floods = floodRows(result);
  return [describe(result), '', align(rows(result)), '',
    ...(floods.length > 0 ? [align(floods), ''] : []),
    align(goalRows(result.goals)), '', ...profileLines(result), ...(
      result.notes ?? [])].join('\n');
}

function markdown(lines) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(lines[0]), `|${'---|'.repeat(lines[0].length)}`,
    ...lines.slice(1).map(line)].join('\n');
}

const SHOWN = ['course-burst-10', 'course-burst-30', 'course-burst-100',
  'course-burst-300', 'course-burst-600', 'course-spread-30',
  'course-spread-300', 'rooms-5', 'rooms-20', 'rooms-60'];

function short(cell) {
  if (!cell) return NOTHING;
  if (!cell.cost_ns) return cell.saturated > 0 ? 'overloaded' : 'failed';
  return isSound(cell) ? `${digits(cell.cost_ns.p50)} ns` : 'overloaded';
}

/* How many, and each that is not met by name. */
function goalParts(goals) {
  const n = (verdict) => goals.filter((one) => one.verdict === verdict).length;
  const open = goals.filter(({ verdict }) => verdict !== 'met');
  const [, ...lines] = goalRows(open);
  return [`${n('met')} of ${goals.length} goals are met, ${
    n('missed')} missed, ${n('not seen')} not seen.`,
  ...(open.length > 0 ? [markdown([['goal', 'seen', ''], ...lines])] : [])];
}

/** The README's part: fewer rows, no remarks; it says itself how it came
 *  about, so that nothing has to be written beside it. */
export function readme(result) {
  const lines = [['CPU per packet sent', 'raw limit', 'Yilian',
    'Janus', 'to raw', 'to Janus', 'latency p50 / p99', 'join p95']];
  for (const id of SHOWN) {
    const sides = result.cells[id];
    if (!sides?.yilian) continue;
    const { title } = result.scenarios.find((one) => one.id === id);
    const janus = sides[betterJanus(sides)];
    const toRaw = ratio(sides.yilian, sides.raw);
    lines.push([title, short(sides.raw), short(sides.yilian), short(janus),
      toRaw ? `${toRaw.toFixed(2)} ×` : NOTHING,
      fraction(ratio(sides.yilian, janus)),
      `${ms(sides.yilian.latency_p50_us)} / ${
        ms(sides.yilian.latency_p99_us)} ms`,
      `${plain(sides.yilian.join_p95_ms)} ms`]);
  }
  const ids = SHOWN.filter((id) => result.cells[id]?.yilian);
  return [
    '![CPU per packet against viewers](doc/bench.svg)',
    `${machineText(result)}. Medians of ${runText(result, ids)}. Yilian has `
      + `one worker. ${srtpText(result, ids)}`,
    markdown(lines),
    ...goalParts(result.goals),
    ...(result.notes?.length > 0
      ? [result.notes.map((note) => `- ${note}`).join('\n')] : []),
  ].join('\n\n');
}

const BEGIN = '<!-- bench: begin -->';
const END = '<!-- bench: end -->';

/** The README with what stands between the marks replaced. */
export function refresh(page, part) {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`no "${BEGIN}" … "${END}"`);
  return `${page.slice(0, begin + BEGIN.length)}\n${part}\n${page.slice(end)}`;
}

function main(args) {
  const load = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
  if (args[0] === '--readme' && args.length === 3) {
    const page = fs.readFileSync(args[2], 'utf8');
    fs.writeFileSync(args[2], refresh(page, readme(load(args[1]))));
  } else if (args.length === 1) {
    console.log(text(load(args[0])));
  } else {
    console.error('usage: table.mjs [--readme] RESULT.json [README.md]');
    process.exitCode = 2;
  }
}

if (process.argv[1]
  && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  main(process.argv.slice(2));
