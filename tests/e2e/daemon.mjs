// The real daemon with its demo alliance, in a folder and on ports of its
// own; may be killed and started again on the same.
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const READY_WITHIN_MS = 15000;

function freeTcpPort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function freeUdpPort() {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket('udp4').on('error', reject);
    socket.bind(0, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
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
    this.web = path.join(build, 'web');
    this.source = source;
    this.folder = folder;
    this.log = path.join(folder, 'yiliand.log');
    this.child = null;
  }

  async configure() {
    const [https, http, metrics, media] = [await freeTcpPort(),
      await freeTcpPort(), await freeTcpPort(), await freeUdpPort()];
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
