// Medians and quartiles over repeated runs, and what a run says of itself.

/** The value at quantile q of numbers, between neighbours if need be. */
export function quantile(numbers, q) {
  const sorted = [...numbers].sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

/** {p50, p25, p75, max, n} of the numbers among values; null when there is none. */
export function spread(values) {
  const numbers = values.filter((value) => Number.isFinite(value));
  if (numbers.length === 0) return null;
  return { p50: quantile(numbers, 0.5), p25: quantile(numbers, 0.25),
    p75: quantile(numbers, 0.75), max: Math.max(...numbers),
    n: numbers.length };
}

const LOSS_LIMIT = 0.01;
const LATE_US = 500000;
const UNDER_WAY = 12; // packets of a stream when the window closes
const BUSY = 0.95;

/** Why the figures of this run are those of something overloaded, or null.
 *  A server on one thread has one core; others have all. */
export function saturation(run, cores) {
  const total = run.packets + run.loss;
  const whole = run.core_percent + run.own_core_percent;
  const { expected } = run;
  if (total === 0) return 'nothing arrived';
  if (run.unsent > 0.001 * run.sent) return 'the load program could not send';
  if (run.core_percent > 100 * BUSY && (run.single || cores === 1))
    return 'the server used its whole core';
  if (whole > 100 * BUSY * cores)
    return `server and load program used all ${cores} cores`;
  if (run.loss > LOSS_LIMIT * total)
    return `${(100 * run.loss / total).toFixed(1)} % lost`;
  if (expected
    && run.packets < (1 - LOSS_LIMIT) * expected - UNDER_WAY * (run.fan ?? 1))
    return `${(100 * run.packets / expected).toFixed(1)} % arrived in time`;
  if (run.latency_us?.p99 > LATE_US)
    return `p99 ${(run.latency_us.p99 / 1e6).toFixed(1)} s late`;
  return null;
}

const TOO_MUCH = new RegExp('gets no media|does not connect|not done within|'
  + 'HTTP status (429|503)|too much work at once');
const TOO_MUCH_JANUS = new RegExp('has no answer|no answer of janus|'
  + 'server ended the connection|does not come up|connection has ended');

/** Did a server that cannot even take all its viewers end the run? That is a
 *  result, not a mistake of the measurement. */
export function isOverload({ error, side }) {
  return Boolean(error) && (TOO_MUCH.test(error)
    || (String(side).startsWith('janus') && TOO_MUCH_JANUS.test(error)));
}

/** What found the server's socket full: the kernel's doing. */
export const BY_KERNEL = 'kernel_full';

/** How much of a flood no counter of the server speaks of, as a share of it:
 *  what was sent, less what the kernel dropped before the server could see
 *  it, against the sum of all other reasons. Too much said counts like too
 *  little. null: no flood, or the server does not say. */
export function untold({ flooded, dropped }) {
  if (!flooded || !dropped) return null;
  const { [BY_KERNEL]: kernel = 0, ...reasons } = dropped;
  const told = Object.values(reasons).reduce((sum, n) => sum + n, 0);
  return Math.abs(flooded - kernel - told) / flooded;
}

/* By reason; one that a run does not name is 0 there. */
function spreadDrops(runs) {
  const reasons = [...new Set(runs.flatMap(({ dropped }) =>
    Object.keys(dropped)))].sort();
  return Object.fromEntries(reasons.map((reason) => [reason,
    spread(runs.map(({ dropped }) => dropped[reason] ?? 0))]));
}

/* What is kept of each run: where it stands in the load program's object. */
const FIGURES = {
  cost_ns: (run) => run.cpu_ns_per_packet,
  core_percent: (run) => run.core_percent,
  load_percent: (run) => run.own_core_percent,
  rss_kb: (run) => run.rss_kb,
  rss_each_kb: (run) => run.rss_each_kb,
  threads: (run) => run.threads,
  latency_p50_us: (run) => run.latency_us?.p50,
  latency_p99_us: (run) => run.latency_us?.p99,
  latency_p999_us: (run) => run.latency_us?.p999,
  latency_max_us: (run) => run.latency_us?.max,
  machine_p99_us: (run) => run.machine_us?.p99,
  machine_max_us: (run) => run.machine_us?.max,
  alone_p99_us: (run) => run.latency_alone_us?.p99,
  join_p50_ms: (run) => run.join_ms?.p50,
  join_p95_ms: (run) => run.join_ms?.p95,
  join_max_ms: (run) => run.join_ms?.max,
  lost: (run) => run.loss,
  retries: (run) => run.retries,
  loss: (run) => (run.packets + run.loss > 0
    ? run.loss / (run.packets + run.loss) : null),
  flooded_pps: (run) => (run.flooded ? run.flooded / run.seconds : null),
  flooded: (run) => run.flooded,
  kernel_dropped: (run) => run.dropped && (run.dropped[BY_KERNEL] ?? 0),
  untold,
  rss_before_kb: (run) => run.rss_before_kb,
  rss_after_kb: (run) => run.rss_after_kb,
  rss_grown_kb: (run) => run.rss_after_kb - run.rss_before_kb,
  frame_packets: (run) => (run.sent && run.senders
    ? (run.sent / run.senders / run.seconds - 50) / 30 : null),
};

/** One cell of the table: all runs of one side in one scenario. */
export function summarize(runs, cores) {
  const good = runs.filter((run) => !run.error);
  const errors = runs.filter((run) => run.error && !isOverload(run));
  const cell = { runs: runs.length, failed: errors.length };
  if (errors.length > 0) cell.error = errors[0].error;
  const full = runs.map((run) =>
    (run.error ? isOverload(run) && run.error : saturation(run, cores)))
    .filter(Boolean);
  cell.saturated = full.length;
  if (full.length > 0) cell.why = full[0];
  cell.profiles = [...new Set(good.map((run) => run.srtp_profile))];
  cell.crypto = [...new Set(good.map((run) => run.crypto).filter(Boolean))];
  for (const [name, read] of Object.entries(FIGURES)) {
    const value = spread(good.map(read));
    if (value) cell[name] = value;
  }
  const told = good.filter(({ dropped }) => dropped);
  if (told.length > 0) cell.dropped = spreadDrops(told);
  return cell;
}

/** {scenario: {side: cell}} in the order of first appearance. */
export function tabulate(runs, cores) {
  const groups = {};
  for (const run of runs) {
    groups[run.id] ??= {};
    (groups[run.id][run.side] ??= []).push(run);
  }
  const cells = {};
  for (const [id, sides] of Object.entries(groups)) {
    cells[id] = {};
    for (const [side, list] of Object.entries(sides))
      cells[id][side] = summarize(list, cores);
  }
  return cells;
}

/** A cell whose figures may stand for the server: most runs went well. */
export function isSound(cell) {
  return Boolean(cell && cell.cost_ns
    && (cell.failed + cell.saturated) * 2 < cell.runs);
}

/** Of the two ways to run Janus the cheaper that is sound; its name. */
export function betterJanus(sides) {
  const names = ['janus0', 'janus2'].filter((name) => sides[name]?.cost_ns);
  const order = (name) => (isSound(sides[name]) ? 0 : 1e12)
    + sides[name].cost_ns.p50;
  return names.sort((a, b) => order(a) - order(b))[0] ?? null;
}

/** p50 against p50; null unless both are sound. */
export function ratio(a, b, figure = 'cost_ns') {
  if (!isSound(a) || !isSound(b) || !b[figure]?.p50 || !a[figure]) return null;
  return a[figure].p50 / b[figure].p50;
}
