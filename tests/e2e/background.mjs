// The expert reads something else in another tab: the telephone still rings.
// In a browser of its own, since the others do not throttle hidden pages.
import assert from 'node:assert/strict';
import { chromium } from './browsers.mjs';
import { Person } from './person.mjs';
import { CASE } from './story.mjs';

/** Keeps the sources of sound, so that one can ask what plays. */
function watchSound() {
  const Real = window.AudioContext;
  const playing = new Set();
  window.AudioContext = class extends Real {
    createBufferSource() {
      const source = super.createBufferSource();
      const { start, stop } = source;
      source.start = (...args) => {
        playing.add(source);
        start.apply(source, args);
      };
      source.stop = (...args) => {
        playing.delete(source);
        stop.apply(source, args);
      };
      return source;
    }
  };
  window.rings = () => Array.from(playing).some((source) => source.loop
    && source.context.state === 'running');
}

export async function background(world) {
  const { suite, daemon, clinic } = world;
  await suite.test('a tab in the background rings', async () => {
    const browser = await chromium('expert', world.folder,
      { throttled: true });
    try {
      const expert = await Person.open(browser, daemon.url,
        { checked: true, before: watchSound });
      await expert.signIn('county-cardio', 'screen-desk');
      await expert.click('duty-yunshui-cardiology');
      await expert.sees('sound-ready');
      const other = await expert.context.newPage();
      await other.bringToFront();
      await expert.until('hidden', () => document.hidden);
      await new Promise((resolve) =>
        setTimeout(resolve, 1000 * world.hiddenSeconds));
      assert.ok(!await expert.page.evaluate(() => window.rings()));
      await ring(clinic, expert);
      await expert.command('duty.set', { post: 'yunshui-cardiology',
        on: false });
    } finally {
      await browser.close();
    }
  }, 1000 * world.hiddenSeconds + 150000);
}

async function ring(clinic, expert) {
  const { posts } = await clinic.rpc('session.get', {});
  const { id } = await clinic.command('consultation.request',
    { post: posts[0].id, ...CASE,
      consent: { read: true, doctor: '林小禾', at: Date.now() } });
  await expert.until('it rings', () => document.hidden && window.rings());
  await clinic.command('consultation.cancel', { consultation: id,
    reason: '-' });
  await expert.until('it stops', () => !window.rings());
}
