// Where and with what it was measured: kind of machine, never its name.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

function output(program, args) {
  try {
    return execFileSync(program, args,
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

function distribution() {
  try {
    const text = fs.readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

const version = (name) =>
  output('dpkg-query', ['-W', '-f', '${Version}', name]) || 'unknown';

/* Debian builds libsrtp on NSS, others on OpenSSL or on nothing. */
function srtpBackend() {
  const libraries = output('sh', ['-c',
    'ldd "$(/sbin/ldconfig -p | sed -n "s/.*libsrtp2[.]so.* => //p" | head -1)"']);
  if (/libnss3/.test(libraries)) return ' on NSS';
  return /libcrypto/.test(libraries) ? ' on OpenSSL' : '';
}

export function describeMachine() {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model ?? 'unknown',
    cores: os.availableParallelism?.() ?? cpus.length,
    memory_gb: Math.round(os.totalmem() / 2 ** 30),
    virtual: output('systemd-detect-virt', []) || 'none',
    system: distribution(),
    kernel: os.release().replace(/-.*/, ''),
    openssl: version('libssl3'),
    janus: version('janus'),
    libsrtp: `${version('libsrtp2-1')}${srtpBackend()}`,
    ipsec_mb: version('libipsec-mb1'),
    revision: output('git', ['rev-parse', '--short', 'HEAD']) || 'unknown',
    changed: output('git', ['status', '--porcelain', '-uno']) !== '',
  };
}

/** How busy others keep the machine, over a second: share of all cores. */
export async function measureIdleLoad() {
  const read = () => os.cpus().reduce((sum, { times }) => ({
    busy: sum.busy + times.user + times.nice + times.sys + times.irq,
    all: sum.all + Object.values(times).reduce((a, b) => a + b, 0),
  }), { busy: 0, all: 0 });
  const before = read();
  await new Promise((resolve) => { setTimeout(resolve, 1000); });
  const after = read();
  return (after.busy - before.busy) / Math.max(1, after.all - before.all);
}
