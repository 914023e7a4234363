// A course: Chromium publishes its camera by WHIP, others watch by WHEP from
// pages of another origin. No page of ours is in it, only what the protocols
// say: an offer by POST, the answer back, DELETE in the end.
import assert from 'node:assert/strict';
import http from 'node:http';
import { firefox } from './browsers.mjs';
import { outerAddress } from './daemon.mjs';
import { readCard } from './probe.mjs';
import { CARDS } from './testcard.mjs';

const WITHIN_MS = 30000;

/** In the page: one session, kept as window.session. */
async function join(url, token, publishes) {
  const began = performance.now();
  const pc = new RTCPeerConnection();
  const stream = publishes
    ? await navigator.mediaDevices.getUserMedia({ audio: true, video: true })
    : new MediaStream();
  for (const kind of ['audio', 'video']) {
    const track = stream.getTracks().find((one) => one.kind === kind);
    pc.addTransceiver(track || kind,
      { direction: publishes ? 'sendonly' : 'recvonly' });
  }
  const video = document.createElement('video');
  video.dataset.testid = 'remote-video';
  video.muted = true;
  video.autoplay = true;
  video.srcObject = stream;
  document.body.replaceChildren(video);
  window.firstFrame = new Promise((resolve) => {
    video.onloadeddata = () => resolve(performance.now() - began);
  });
  pc.ontrack = ({ track }) => stream.addTrack(track);
  await pc.setLocalDescription();
  const reply = await fetch(url, { method: 'POST', body: pc.localDescription.sdp,
    headers: { 'Content-Type': 'application/sdp',
      Authorization: `Bearer ${token}` } });
  const body = await reply.text();
  if (reply.status !== 201)
    throw new Error(`${reply.status} ${body}`);
  const resource = new URL(reply.headers.get('Location'), url).href;
  await pc.setRemoteDescription({ type: 'answer', sdp: body });
  window.session = { pc, resource, token, etag: reply.headers.get('ETag') };
  return resource;
}

/** In the page: ends the session; the status. */
async function leave() {
  const { pc, resource, token } = window.session;
  const reply = await fetch(resource, { method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` } });
  pc.close();
  return reply.status;
}

/** In the page: what arrives. */
async function received() {
  const out = { frames: 0, energy: 0, cipher: null };
  (await window.session.pc.getStats()).forEach((one) => {
    if (one.type === 'inbound-rtp' && one.kind === 'video')
      out.frames = one.framesDecoded;
    if (one.type === 'inbound-rtp' && one.kind === 'audio')
      out.energy = one.totalAudioEnergy || one.packetsReceived;
    if (one.type === 'transport')
      out.cipher = one.srtpCipher;
  });
  return out;
}

async function eventually(what, look) {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const seen = await look();
    if (seen)
      return seen;
    assert.ok(Date.now() < deadline, `${what} within ${WITHIN_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A page behind others paints nothing. */
async function showsCard(page, side) {
  await page.bringToFront();
  await eventually(`the card of ${side}`, async () => {
    const card = await page.evaluate(readCard);
    return card && card.join() === CARDS[side].join();
  });
}

function makeCourse(daemon, name) {
  const said = daemon.ctl('course', 'add', name, '--title', '心电图读片');
  const [publish, watch] = ['publish', 'watch'].map((who) =>
    new RegExp(`^${who} token: (\\S+)$`, 'm').exec(said)[1]);
  return { publish, watch, whip: `${daemon.url}/whip/${name}`,
    whep: `${daemon.url}/whep/${name}` };
}

/** Somebody else's web server with a page for a player. */
async function elsewhere() {
  const server = http.createServer((request, reply) => {
    reply.writeHead(200, { 'Content-Type': 'text/html' });
    reply.end('<!doctype html><title>player</title><body></body>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`,
    close: () => server.close() };
}

async function playerPage(browser, { url }) {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

/** A page of the gateway's own. */
async function publisherPage(browser, daemon) {
  const page = await browser.newPage();
  await page.goto(`${daemon.url}/healthz`);
  return page;
}

async function watchTests(world, course, player) {
  const { suite, daemon, clinicBrowser, expertBrowser } = world;
  const viewer = await playerPage(expertBrowser, player);
  const first = await publisherPage(clinicBrowser, daemon);
  const second = await publisherPage(expertBrowser, daemon);
  await suite.must('one who waits sees and hears a course that begins',
    async () => {
      await viewer.evaluate(join, course.whep, course.watch, false);
      await first.evaluate(join, course.whip, course.publish, true);
      await showsCard(viewer, 'clinic');
      const { cipher } = await eventually('sound', async () => {
        const now = await viewer.evaluate(received);
        return now.energy > 0 && now;
      });
      assert.match(String(cipher), /GCM/);
      assert.ok(await viewer.evaluate(() => window.session.etag));
    });
  await suite.must('one who comes later sees it soon', async () => {
    const late = await playerPage(expertBrowser, player);
    await late.evaluate(join, course.whep, course.watch, false);
    const took = await late.evaluate(() => window.firstFrame);
    suite.note(`first picture of a course after ${Math.round(took)} ms`);
    assert.equal(await late.evaluate(leave), 200);
    await late.close();
  });
  await suite.must('the newest publisher takes over', async () => {
    await second.evaluate(join, course.whip, course.publish, true);
    await showsCard(viewer, 'expert');
    assert.equal(await first.evaluate(leave), 404);
  });
  await suite.must('the course goes on after a pause', async () => {
    assert.equal(await second.evaluate(leave), 200);
    await first.evaluate(join, course.whip, course.publish, true);
    await showsCard(viewer, 'clinic');
  });
  await suite.test('a page elsewhere can read why it is refused', async () => {
    await assert.rejects(
      viewer.evaluate(join, course.whep, course.publish, false),
      /403 this token is for the other side/);
  });
  await firefoxTest(world, course, player);
  assert.equal(await first.evaluate(leave), 200);
  await Promise.all([first, second, viewer].map((page) => page.close()));
}

async function firefoxTest({ suite }, course, player) {
  const name = 'Firefox watches';
  if (!outerAddress()) {
    suite.skip(name, 'this machine has loopback only');
    return;
  }
  await suite.test(name, async () => {
    const browser = await firefox();
    try {
      const page = await playerPage(browser, player);
      await page.evaluate(join, course.whep, course.watch, false);
      await showsCard(page, 'clinic');
      assert.equal(await page.evaluate(leave), 200);
    } finally {
      await browser.close();
    }
  });
}

export async function course(world) {
  const access = makeCourse(world.daemon, 'ecg-101');
  const player = await elsewhere();
  try {
    await watchTests(world, access, player);
  } finally {
    player.close();
  }
}
