// WebSockets over TLS, opened and closed again and again: each greets, each
// ends in order, and the web server finds nothing to warn of.
import assert from 'node:assert/strict';
import { chromium, firefox } from './browsers.mjs';

const TIMES = 20;

/** In the page: signs in, then one socket after the other, the odd ones
 *  closed by us and the even ones by their successor, who takes the seat.
 *  Returns the codes they were closed with, and what the page came by. */
async function comeAndGo(times) {
  await fetch('/rpc', { method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'session.open',
      params: { account: 'learner', password: 'demo' } }) });
  const open = () => new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://${window.location.host}/ws`,
      'yilian.v1');
    socket.closed = new Promise((done) => {
      socket.onclose = ({ code }) => {
        done(code);
        reject(new Error(`closed with ${code}`));
      };
    });
    socket.onmessage = () => resolve(socket);
  });
  const codes = [];
  let before = null;
  for (let i = 0; i < times; i += 1) {
    const socket = await open();
    if (before)
      codes.push(await before.closed);
    before = null;
    if (i % 2 === 0) {
      socket.close(1000);
      codes.push(await socket.closed);
    } else {
      before = socket;
    }
  }
  if (before) {
    before.close(1000);
    codes.push(await before.closed);
  }
  const [page] = performance.getEntriesByType('navigation');
  return { codes, protocol: page.nextHopProtocol };
}

/** In the page: replies without a body. They end, or this does not. */
async function askForNothing() {
  const ask = async (path, method) => {
    const reply = await fetch(path, { method });
    return reply.status + await reply.text();
  };
  return Promise.all([ask('/', 'HEAD'), ask('/healthz', 'HEAD'),
    ask('/whep/none', 'OPTIONS')]);
}

async function visit(world, launch) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`${world.daemon.secureUrl}/healthz`);
    const replies = await page.evaluate(askForNothing);
    assert.deepEqual(replies.map((one) => Number(one) < 300),
      [true, true, true]);
    const { codes, protocol } = await page.evaluate(comeAndGo, TIMES);
    assert.equal(protocol, 'h2');
    assert.equal(codes.length, TIMES);
    assert.deepEqual([...new Set(codes)].sort(), [1000, 4409]);
  } finally {
    await browser.close();
  }
}

export async function sockets(world) {
  const { suite, daemon } = world;
  const launches = { Chromium: () => chromium('clinic', world.folder),
    Firefox: firefox };
  for (const [name, launch] of Object.entries(launches))
    await suite.test(`${name}: ${TIMES} WebSockets over TLS come and go`,
      () => visit(world, launch));
  await suite.test('the web server warned of nothing', async () =>
    assert.deepEqual(daemon.complaints(), []));
}
