// The whole measurement, side by side: see packaging/bench.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from './goals.mjs';
import { describeMachine, measureIdleLoad } from './machine.mjs';
import { draw } from './picture.mjs';
import { SIDES, beyond, choose, guessSeconds, isSettled, likely, schedule }
  from './plan.mjs';
import { Runner, twice } from './runner.mjs';
import { betterJanus, isOverload, isSound, saturation, tabulate }
  from './stats.mjs';
import { readme, refresh, text } from './table.mjs';

const HELP = `packaging/bench: Yilian, Janus and the raw limit side by side

  --only NAME      these scenarios, or all up to a hyphen; may be a,b,c
  --realtime       everything at real-time priority, for a busy machine
  --sides a,b      only these: ${Object.keys(SIDES).join(' ')}
  --repeats N      runs of each side in each scenario (5)
  --seconds S      measured in each run (2.5)
  --minutes M      stop starting runs after so long (29); 0: never
  --quick          once, for a second, few scenarios: does it work?
  --output DIR     runs.jsonl, bench.json, bench.svg, bench.txt
  --doc            also refresh doc/bench.json, doc/bench.svg and README.md
  --list           names the scenarios`;

const QUICK = ['course-burst-10', 'course-spread-30', 'rooms-5'];
const RUN_LIMIT_MS = 90000; // a saturated Janus with 600 viewers needs 40
const QUIET = 0.15;

const OPTIONS = {
  only: { type: 'string', multiple: true, default: [] },
  sides: { type: 'string' },
  repeats: { type: 'string' },
  seconds: { type: 'string' },
  minutes: { type: 'string', default: '29' },
  realtime: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  build: { type: 'string', default: 'build-bench' },
  output: { type: 'string' },
  doc: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

function number(value, name, min) {
  const n = Number(value);
  if (!Number.isFinite(n) || n < min)
    throw new Error(`--${name} takes a number of at least ${min}`);
  return n;
}

function readOptions(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const { quick } = values;
  const only = values.only.flatMap((names) => names.split(','));
  return { ...values,
    only: only.length === 0 && quick ? QUICK : only,
    sides: values.sides ? values.sides.split(',') : Object.keys(SIDES),
    repeats: Math.round(number(values.repeats ?? (quick ? 1 : 5), 'repeats',
      1)),
    seconds: number(values.seconds ?? (quick ? 1 : 2.5), 'seconds', 0.1),
    minutes: number(values.minutes, 'minutes', 0),
    warmup: quick ? 0.5 : 0.8,
    output: values.output ?? path.join(values.build, 'results') };
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${
  String(Math.floor(seconds % 60)).padStart(2, '0')}`;

function say(line) {
  console.log(line);
}

/* What one run showed, on one line. */
function brief(run, cores) {
  if (run.error)
    return `${isOverload(run) ? 'SATURATED' : 'FAILED'}: ${run.error}`;
  const full = saturation(run, cores);
  return `${Math.round(run.cpu_ns_per_packet)} ns/packet, ${
    run.core_percent.toFixed(1)} % of a core, p99 ${
    ((run.latency_us?.p99 ?? 0) / 1000).toFixed(2)} ms${
    full ? `, SATURATED: ${full}` : ''}`;
}

class Bench {
  constructor(options) {
    this.options = options;
    this.machine = describeMachine();
    this.chosen = choose(options.only).map((scenario) => ({ ...scenario,
      sides: scenario.sides.filter((side) => options.sides.includes(side)) }));
    this.runs = [];
    this.notes = [];
    this.costs = {};
    this.stopped = false;
    fs.mkdirSync(options.output, { recursive: true });
    this.scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'yilian-bench-'));
    this.runner = new Runner(
      path.resolve(options.build, 'tests/bench/load'), this.scratch,
      options.realtime);
    this.log = path.join(options.output, 'runs.jsonl');
    fs.writeFileSync(this.log, '');
    this.started = new Date();
  }

  elapsed() {
    return (Date.now() - this.started) / 1000;
  }

  stop() {
    if (this.stopped) return;
    this.stopped = true;
    say('\ninterrupted: what has been measured so far follows');
    this.runner.end();
  }

  /* null: interrupted. */
  async runOnce({ repeat, scenario, side }) {
    const { options } = this;
    const answer = await this.runner.run([...scenario.args, ...SIDES[side].args,
      '--warmup', options.warmup, '--seconds', options.seconds], RUN_LIMIT_MS);
    if (this.stopped) return null;
    const run = { id: scenario.id, side, repeat, single: SIDES[side].single,
      senders: scenario.senders, fan: scenario.fan, ...answer };
    fs.appendFileSync(this.log, `${JSON.stringify(run)}\n`);
    return run;
  }

  /* Overload is a result; any other failure may have been the machine's, so
   * it is told of and tried once more. */
  async runJob(job) {
    const { scenario, side } = job;
    const run = await twice(() => this.runOnce(job),
      (one) => one?.error && !isOverload(one), ({ error }) => {
        this.notes.push(`${scenario.title}, ${SIDES[side].name}: a run failed `
          + `and was tried again: ${error}`);
        say(`  ${scenario.id} ${side}: FAILED: ${error}; once more`);
      });
    if (run) this.runs.push(run);
    if (run && !run.error)
      ((this.costs[scenario.id] ??= {})[side] ??= [])
        .push(run.cpu_ns_per_packet);
    return run;
  }

  /* Says once in the notes what is not tried any more. */
  isBeyond(job) {
    const isOver = (id, side) => {
      const runs = this.runs.filter((run) => run.id === id
        && run.side === side);
      return runs.length > 0 && runs.every((run) => (run.error
        ? isOverload(run) : saturation(run, this.machine.cores)));
    };
    const at = beyond(job, this.chosen, isOver);
    if (at === null) return false;
    const note = `${job.scenario.title}: not run with ${
      SIDES[job.side].name}, which is saturated at ${at}`;
    if (!this.notes.includes(note)) this.notes.push(note);
    return true;
  }

  async runAll() {
    const { options } = this;
    const jobs = schedule(this.chosen, options.repeats);
    const guess = likely(jobs)
      .reduce((sum, job) => sum + guessSeconds(job, options), 0);
    say(`${jobs.length} runs, about ${clock(guess)} minutes${
      options.minutes > 0 ? `, at most ${options.minutes}` : ''}`);
    let left = 0;
    for (const [i, job] of jobs.entries()) {
      if (this.stopped) break;
      if (isSettled(job, this.costs[job.scenario.id] ?? {})
        || this.isBeyond(job)) continue;
      if (options.minutes > 0 && this.elapsed() > 60 * options.minutes) {
        left++;
        continue;
      }
      const run = await this.runJob(job);
      if (run)
        say(`[${i + 1}/${jobs.length} ${clock(this.elapsed())}] ${
          job.scenario.id} ${job.side}: ${brief(run, this.machine.cores)}`);
    }
    if (left > 0)
      this.notes.push(`${left} runs were left out: ${options.minutes} minutes `
        + 'were over');
    if (this.stopped) this.notes.push('interrupted: there are fewer runs');
  }

  result() {
    const cells = tabulate(this.runs, this.machine.cores);
    return { date: this.started.toISOString(), machine: this.machine,
      repeats: this.options.repeats, seconds: this.options.seconds,
      scenarios: this.chosen.map(({ id, title, viewers, rooms }) =>
        ({ id, title, viewers, rooms })),
      realtime: this.options.realtime, cells, goals: judge(cells),
      notes: this.notes };
  }

  write() {
    const { options } = this;
    const result = this.result();
    const json = `${JSON.stringify(result, null, 1)}\n`;
    const picture = draw(result, { betterJanus, isSound });
    const page = `${text(result)}\n`;
    fs.writeFileSync(path.join(options.output, 'bench.json'), json);
    fs.writeFileSync(path.join(options.output, 'bench.txt'), page);
    if (picture)
      fs.writeFileSync(path.join(options.output, 'bench.svg'), picture);
    if (options.doc && !this.stopped) {
      fs.writeFileSync('doc/bench.json', json);
      if (picture) fs.writeFileSync('doc/bench.svg', picture);
      fs.writeFileSync('README.md',
        refresh(fs.readFileSync('README.md', 'utf8'), readme(result)));
    }
    say(`\n${page}\nresults are in ${options.output}`);
    return result;
  }

  end() {
    fs.rmSync(this.scratch, { recursive: true, force: true });
  }
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help || options.list) {
    say(options.help ? HELP : choose(options.only).map(({ id, title }) =>
      `${id.padEnd(18)} ${title}`).join('\n'));
    return;
  }
  const bench = new Bench(options);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => bench.stop());
  try {
    const busy = await measureIdleLoad();
    if (busy > QUIET) {
      bench.notes.push(`others used ${Math.round(100 * busy)} % of this machine `
        + 'before the first run: figures are worse than on a quiet one');
      say(bench.notes[0]);
    }
    await bench.runAll().catch((error) => {
      bench.notes.push(`ended early: ${error.message}`);
      process.exitCode = 1;
    });
    const result = bench.write();
    if (bench.stopped) process.exitCode = 130;
    else if (result.goals.some(({ verdict }) => verdict !== 'met'))
      say('not all goals are met');
  } finally {
    bench.end();
  }
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
