// End to end: the real daemon, real browsers, nothing simulated but the
// devices. tests/e2e/run starts it.
//
//   --only WORDS    of story,speed,doors,demo,foreign,background,sockets,
//                   course; doors needs story
//   --calls N       how many calls are timed (20)
//   --hidden N      how many seconds a tab is in the background (5)
//   --picture FILE  writes the picture of the call screen for the README
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { background } from './background.mjs';
import { chromium } from './browsers.mjs';
import { course } from './course.mjs';
import { Daemon } from './daemon.mjs';
import { demo } from './demo.mjs';
import { doors } from './doors.mjs';
import { foreign } from './foreign.mjs';
import { look } from './look.mjs';
import { sockets } from './sockets.mjs';
import { speed } from './speed.mjs';
import { arrival, story } from './story.mjs';
import { Suite } from './suite.mjs';

const WHOLE_MS = 900000;
const here = path.dirname(new URL(import.meta.url).pathname);
const source = path.resolve(here, '../..');
const { values: options } = parseArgs({ options: {
  only: { type: 'string' }, calls: { type: 'string', default: '20' },
  hidden: { type: 'string', default: '5' }, picture: { type: 'string' },
  build: { type: 'string', default: path.join(source, 'build') } } });

const out = path.join(here, 'out');
fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'yilian-e2e-'));

const suite = new Suite();
const daemon = new Daemon(path.resolve(options.build), source, folder);
const world = { suite, daemon, folder, shared: {},
  calls: Number(options.calls), hiddenSeconds: Number(options.hidden),
  picture: options.picture && path.resolve(options.picture),
  look: (person, name) => look(person, name, out) };

suite.onFailure = async (name) => {
  const file = name.replace(/[^a-z0-9]+/gi, '-').slice(0, 50);
  for (const side of ['clinic', 'expert']) {
    if (world[side])
      await world[side].page.screenshot({
        path: path.join(out, `failed-${file}-${side}.png`) });
  }
};

async function run() {
  await daemon.configure();
  await daemon.start();
  suite.note(`idle daemon: ${Math.round(daemon.memory() / 1024)} MiB resident`);
  [world.clinicBrowser, world.expertBrowser] = await Promise.all([
    chromium('clinic', folder), chromium('expert', folder)]);
  suite.note(await world.clinicBrowser.version());
  await suite.chapter(async () => {
    await arrival(world);
    for (const [name, part] of Object.entries({ story, speed, doors, demo,
      foreign, background, sockets, course })) {
      if (!options.only || options.only.split(',').includes(name))
        await suite.chapter(() => part(world));
    }
  });
}

const began = Date.now();
try {
  await Promise.race([run(), new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`not done in ${WHOLE_MS} ms`)), WHOLE_MS);
  })]);
} catch (error) {
  await suite.test('the suite itself', async () => { throw error; });
}
await Promise.allSettled([world.clinicBrowser, world.expertBrowser]
  .map((browser) => browser && browser.close()));
if (daemon.child)
  await daemon.kill('SIGKILL');
if (suite.failed > 0)
  fs.copyFileSync(daemon.log, path.join(out, 'yiliand.log'));
fs.rmSync(folder, { recursive: true, force: true });
suite.note(`${Math.round((Date.now() - began) / 1000)} s`);
process.exit(suite.finish());
