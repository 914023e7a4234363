// What is run, how often and in which order.

/** Name for people, arguments for the load program, threads it may use. */
export const SIDES = {
  raw: { name: 'raw limit', args: ['--target', 'raw'], single: true },
  rawmb: { name: 'raw limit (ipsec-mb)', single: true,
    args: ['--target', 'raw', '--set', 'crypto=ipsec-mb'] },
  yilian: { name: 'Yilian', args: ['--target', 'yilian'], single: true },
  yilianevp: { name: 'Yilian (OpenSSL only)', single: true,
    args: ['--target', 'yilian', '--set', 'conf.media.portable_srtp=1'] },
  janus0: { name: 'Janus (event_loops 0)', single: false,
    args: ['--target', 'janus', '--set', 'event_loops=0'] },
  janus2: { name: 'Janus (event_loops 2)', single: false,
    args: ['--target', 'janus', '--set', 'event_loops=2'] },
};

const ALL = ['yilian', 'raw', 'janus0', 'janus2'];
const OURS = ['yilian', 'raw'];
const CRYPTO = ['yilian', 'rawmb', 'yilianevp', 'raw'];
const BURSTS = [10, 30, 60, 100, 300, 600];
const SPREADS = [10, 30, 100, 300, 600];
const ROOMS = [5, 20, 60];
const FLOODS = { rtp: 'from unknown senders', checks: 'STUN, wrong credentials',
  replay: 'replayed SRTP' };

/* Many come a few at a time; more at once only saves time. */
function courseArgs(viewers) {
  return ['--scenario', 'course', '--viewers', viewers,
    '--joiners', viewers >= 100 ? 16 : 4];
}

/* No goal is read from it, but the table and the picture show it. */
const SHOWN = 2;

/* What a goal is read from runs as often as was asked for: Yilian, the raw
 * limit and the better Janus. Others run less often. Janus fills this kind of
 * machine between 100 and 300 viewers: seeing that takes no five runs, and
 * each is long; with frames spread out it is not even tried. */
function courseLimits(viewers, way) {
  const janus = (loops0, loops2) => ({ janus0: loops0, janus2: loops2 });
  if (way === 'spread' && viewers > 100) return janus(0, 0);
  if (viewers > 300) return janus(1, 1);
  if (viewers > 100) return janus(1, 3);
  if (viewers === 60) return { raw: SHOWN, ...janus(2, 2) };
  if (viewers >= 30) return {};
  return { yilian: SHOWN, raw: SHOWN,
    ...(way === 'spread' ? janus(0, 0) : janus(2, 2)) };
}

function course(viewers, way) {
  return { id: `course-${way}-${viewers}`, group: `course, ${way}`,
    title: `1 → ${viewers}, ${way === 'burst' ? 'frames in one burst'
      : 'frames over 15 ms'}`,
    viewers, senders: 1, fan: viewers, sides: ALL, joins: viewers,
    limit: courseLimits(viewers, way),
    args: [...courseArgs(viewers),
      ...(way === 'spread' ? ['--spread'] : [])] };
}

function variant(viewers, name, title, args, sides = OURS) {
  return { id: `${name}-${viewers}`, group: name, viewers, senders: 1,
    title: `1 → ${viewers}, ${title}`, sides, joins: viewers,
    limit: Object.fromEntries(sides.map((side) => [side, SHOWN])),
    fan: viewers, args: [...courseArgs(viewers), ...args] };
}

function rooms(n) {
  return { id: `rooms-${n}`, group: 'rooms', rooms: n, senders: 2 * n, fan: 1,
    title: `${n} rooms of two`, sides: ALL, limit: {}, joins: 4 * n,
    args: ['--scenario', 'rooms', '--rooms', n] };
}

function flood(kind) {
  return { id: `flood-${kind}`, group: 'flood', senders: 1, fan: 30,
    viewers: 30,
    title: `1 → 30 under 100 000 packets/s ${FLOODS[kind]}`, joins: 30,
    sides: ['yilian'], limit: {},
    args: ['--scenario', 'course', '--viewers', 30, '--flood', kind] };
}

/** Every scenario, in the order of the table. */
export function scenarios() {
  return [
    ...BURSTS.map((viewers) => course(viewers, 'burst')),
    ...SPREADS.map((viewers) => course(viewers, 'spread')),
    variant(30, 'gro', 'receivers with UDP_GRO', ['--gro']),
    variant(300, 'gro', 'receivers with UDP_GRO', ['--gro']),
    variant(30, 'twcc', 'transport-cc feedback', ['--twcc']),
    variant(100, 'twcc', 'transport-cc feedback', ['--twcc']),
    variant(30, 'crypto', 'ipsec-mb and OpenSSL', [], CRYPTO),
    variant(300, 'crypto', 'ipsec-mb and OpenSSL', [], CRYPTO),
    ...ROOMS.map(rooms),
    { id: 'storm', group: 'storm', title: '200 join at once, 30 watch already',
      viewers: 30, senders: 1, joins: 230, sides: ['yilian', 'janus0'],
      limit: { janus0: 1 },
      args: ['--scenario', 'storm', '--viewers', 30, '--joining', 200] },
    { id: 'noisy', group: 'noisy',
      title: '20 quiet rooms of two beside a loud course',
      viewers: 200, senders: 40, joins: 240, sides: ['yilian'],
      limit: {}, windows: 2,
      args: ['--scenario', 'noisy', '--rooms', 20, '--viewers', 200,
        '--pli-storm', 20] },
    ...Object.keys(FLOODS).map(flood),
  ];
}

/** How often this side runs: all repeats unless its plan says fewer. */
function countOf(scenario, side, repeats) {
  return Math.min(repeats, scenario.limit[side] ?? repeats);
}

/** The jobs of all repeats, repeat by repeat, so that all sides of all
 *  scenarios see the same hours of the machine; the side that goes first
 *  changes with each repeat. */
export function schedule(chosen, repeats) {
  const jobs = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const scenario of chosen) {
      const sides = scenario.sides.filter(
        (side) => repeat < countOf(scenario, side, repeats));
      sides.forEach((_, i) => jobs.push({ repeat, scenario,
        side: sides[(i + repeat) % sides.length] }));
    }
  }
  return jobs;
}

/** Once both ways to run Janus have been seen twice, only the better one is
 *  repeated: it is the one that counts. */
export function isSettled(job, costs) {
  const other = { janus0: 'janus2', janus2: 'janus0' }[job.side];
  const own = costs[job.side] ?? [];
  const others = costs[other] ?? [];
  const best = (list) => Math.min(...list);
  return Boolean(other) && own.length >= 2 && others.length >= 2
    && best(own) > best(others);
}

/** The smaller number of viewers or rooms at which this side could not follow
 *  in any run, or null: more of the same would only cost time. Only for
 *  others: what we do not manage has to be seen. */
export function beyond(job, chosen, isOver) {
  const { scenario, side } = job;
  if (!side.startsWith('janus')) return null;
  const size = (one) => one.viewers ?? one.rooms;
  const smaller = chosen.find((one) => one.group === scenario.group
    && size(one) < size(scenario) && isOver(one.id, side));
  return smaller ? size(smaller) : null;
}

/* Starting and ending a server, and joining one more [s], on two cores. What
 * a server without receivers holds is looked at for a second in courses. */
const EMPTY = { course: 1, rooms: 0.2 };
const PACE = {
  raw: [0.2, 0.006], rawmb: [0.2, 0.006],
  yilian: [1.1, 0.01], yilianevp: [1.1, 0.01],
  janus0: [1.1, 0.025], janus2: [1.1, 0.025],
};

/** The jobs that schedule() leaves when the worse of the two Janus, here
 *  always the first, is not repeated more than once. */
export function likely(jobs) {
  return jobs.filter(({ side, repeat }) => side !== 'janus0' || repeat < 2);
}

/** A guess [s] of one job's time, for the announcement only. */
export function guessSeconds(job, options) {
  const { scenario, side } = job;
  const windows = scenario.windows ?? 1;
  const [start, join] = PACE[side];
  return start + (scenario.rooms ? EMPTY.rooms : EMPTY.course)
    + scenario.joins * join
    + windows * (options.warmup + options.seconds);
}

/** The scenarios of these names, whole or up to a hyphen; all without. */
export function choose(names) {
  const all = scenarios();
  const fits = ({ id }, name) => id === name || id.startsWith(`${name}-`);
  for (const name of names)
    if (!all.some((scenario) => fits(scenario, name)))
      throw new Error(`no scenario is called "${name}": ${
        all.map(({ id }) => id).join(' ')}`);
  return names.length === 0 ? all
    : all.filter((scenario) => names.some((name) => fits(scenario, name)));
}
