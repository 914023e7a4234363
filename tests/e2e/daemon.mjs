// The real daemon with its demo alliance, in a folder and on ports of its
// own; may be killed and started again on the same.
import { execFileSync, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const READY_WITHIN_MS = 60000;

/** Below those that the system gives to whoever asks for any: while the
 *  daemon is down, browsers that dial its port again must not get it. */
const FIRST_PORT = 15000;
const LAST_PORT = 32000;

function isFree(tcp, port) {
  return new Promise((resolve) => {
    const socket = tcp ? net.createServer() : dgram.createSocket('udp4');
    socket.on('error', () => resolve(false));
    const close = () => socket.close(() => resolve(true));
    if (tcp)
      socket.listen(port, '127.0.0.1', close);
    else
      socket.bind(port, close);
  });
}

/** As many as `kinds` has letters, "t" or "u"; no two alike. */
async function freePorts(kinds) {
  const ports = [];
  while (ports.length < kinds.length) {
    const port = FIRST_PORT
      + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if (!ports.includes(port)
      && await isFree(kinds[ports.length] === 't', port))
      ports.push(port);
  }
  return ports;
}

/** An address of this machine that is not loopback, or null: Firefox does
 *  not connect to a loopback candidate. */
export function outerAddress() {
  const all = Object.values(os.networkInterfaces()).flat();
  const outer = all.find((one) => !one.internal && one.family === 'IPv4');
  return outer ? outer.address : null;
}

export class Daemon {
  constructor(build, source, folder) {
    this.program = path.join(build, 'src/app/yiliand');
    this.tool = path.join(build, 'src/app/yilianctl');
    this.web = path.join(build, 'web');
    this.source = source;
    this.folder = folder;
    this.log = path.join(folder, 'yiliand.log');
    this.child = null;
  }

  async configure() {
    const [https, http, metrics, media] = await freePorts('tttu');
    const announce = ['127.0.0.1', outerAddress()].filter(Boolean).join(',');
    this.config = path.join(this.folder, 'yilian.conf');
    this.url = `http://127.0.0.1:${http}`;
    this.secureUrl = `https://127.0.0.1:${https}`;
    fs.mkdirSync(path.join(this.folder, 'data'), { recursive: true });
    fs.writeFileSync(this.config, `[server]
https = 127.0.0.1:${https}
http = 127.0.0.1:${http}
metrics = 127.0.0.1:${metrics}
web = ${this.web}
[store]
data = ${path.join(this.folder, 'data')}
[media]
port = ${media}
announce = ${announce}
`);
  }

  async start() {
    const log = fs.openSync(this.log, 'a');
    this.child = spawn(this.program, ['--demo', '--config', this.config],
      { stdio: ['ignore', log, log], cwd: this.source });
    fs.closeSync(log);
    this.gone = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(String(error)));
      this.child.on('exit', (code, signal) =>
        resolve(`exit ${code ?? signal}`));
    });
    let exited = null;
    this.gone.then((how) => { exited = how; });
    const deadline = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadline && exited === null) {
      if (await this.isReady())
        return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`yiliand is not ready: ${exited ?? 'time-out'}\n`
      + this.tail());
  }

  async isReady() {
    try {
      const reply = await fetch(`${this.url}/readyz`);
      await reply.arrayBuffer();
      return reply.ok;
    } catch {
      return false;
    }
  }

  /** What yilianctl says to these words. */
  ctl(...words) {
    return execFileSync(this.tool, ['--config', this.config, ...words],
      { encoding: 'utf8' });
  }

  /** Resident memory [KiB]. */
  memory() {
    const status = fs.readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s*(\d+)/.exec(status)[1]);
  }

  /** Processor time used so far by all threads [ms]. */
  busy() {
    const tasks = `/proc/${this.child.pid}/task`;
    return fs.readdirSync(tasks).reduce((sum, task) => sum + Number(fs
      .readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    0);
  }

  async kill(signal = 'SIGKILL') {
    this.child.kill(signal);
    return this.gone;
  }

  /** What the web server said that somebody should look at. */
  complaints() {
    return fs.readFileSync(this.log, 'utf8').split('\n')
      .filter((line) => /(warning|error): http: /.test(line));
  }

  tail() {
    return fs.existsSync(this.log)
      ? fs.readFileSync(this.log, 'utf8').split('\n').slice(-15).join('\n')
      : '';
  }
}
