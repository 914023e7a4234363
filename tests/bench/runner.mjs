// Runs the load program once, and ends what it started.
import { spawn } from 'node:child_process';
import path from 'node:path';

const GRACE_MS = 12000;

/** One run at a time; end() stops it. */
export class Runner {
  /** @param folder for the servers' data; removed by whoever made it */
  constructor(program, folder, realtime = false) {
    this.command = realtime ? ['chrt', '-r', '1', program] : [program];
    this.folder = folder;
    this.child = null;
  }

  /** The load program's object, or {error}. Never throws. */
  run(args, limitMs) {
    return new Promise((resolve) => {
      let out = '';
      let log = '';
      let late = false;
      /* A group of its own: Ctrl-C reaches only us, and what it leaves behind
       * can be found. */
      const [program, ...first] = this.command;
      const child = spawn(program, [...first, ...args.map(String)],
        { stdio: ['ignore', 'pipe', 'pipe'], detached: true,
          env: { ...process.env, TMPDIR: this.folder,
            GST_REGISTRY: path.join(this.folder, 'registry') } });
      this.child = child;
      const timer = setTimeout(() => {
        late = true;
        this.end();
      }, limitMs);
      child.stdout.on('data', (data) => { out += data; });
      child.stderr.on('data', (data) => { log = (log + data).slice(-4000); });
      child.on('error', (error) => {
        clearTimeout(timer);
        this.child = null;
        resolve({ error: `cannot run ${program}: ${error.message}` });
      });
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        this.child = null;
        sweep(child.pid);
        resolve(late ? { error: `not done within ${limitMs / 1000} s` }
          : read(out, log, code, signal));
      });
    });
  }

  /** SIGTERM to the run under way and what it started, later SIGKILL. */
  end() {
    const { child } = this;
    if (!child) return;
    signalGroup(child.pid, 'SIGTERM');
    setTimeout(() => {
      if (this.child === child) signalGroup(child.pid, 'SIGKILL');
    }, GRACE_MS).unref();
  }
}

/** What once() resolves to; where that has failed, tell(it) is called and
 *  once() again: the second answer stands. */
export async function twice(once, hasFailed, tell) {
  const first = await once();
  if (!hasFailed(first)) return first;
  tell(first);
  return once();
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch { /* it has ended */ }
}

/* Whatever of its group is still there after the load program's end. */
function sweep(pid) {
  signalGroup(pid, 'SIGKILL');
}

function read(out, log, code, signal) {
  const last = log.trim().split('\n')
    .filter((line) => !line.startsWith('#')).pop() ?? '';
  if (code !== 0)
    return { error: `ended with ${signal ?? code}${last ? `: ${last}` : ''}` };
  try {
    return JSON.parse(out);
  } catch {
    return { error: `no JSON: ${out.slice(0, 80)}` };
  }
}
