// Firefox as the clinic, Chromium as the expert. Firefox does not connect to
// a loopback candidate, so the media goes by an address of an interface.
import assert from 'node:assert/strict';
import { firefox } from './browsers.mjs';
import { outerAddress } from './daemon.mjs';
import { Person } from './person.mjs';
import { CASE } from './story.mjs';

export async function foreign(world) {
  const { suite, daemon, expert } = world;
  const name = 'Firefox and Chromium decode each other, over TLS';
  if (!outerAddress()) {
    suite.skip(name, 'this machine has loopback only');
    return;
  }
  await suite.test(name, async () => {
    const browser = await firefox();
    try {
      await meet(await Person.open(browser, daemon.secureUrl,
        { shared: true, checked: true }), expert, suite);
    } finally {
      await browser.close();
    }
  });
}

async function meet(clinic, expert, suite) {
  await clinic.signIn('clinic', 'screen-home');
  await expert.goTo('');
  await expert.sees('screen-desk');
  const views = await expert.views();
  const { posts } = await clinic.rpc('session.get', {});
  const { id } = await clinic.command('consultation.request',
    { post: posts[0].id, ...CASE,
      consent: { read: true, doctor: '林小禾', at: Date.now() } });
  await clinic.goTo(`c/${id}`);
  await expert.sees('incoming', `[data-id="${id}"]`);
  await clinic.sees('screen-waiting');
  await expert.click('incoming-accept');
  await Promise.all([clinic.newPicture(0), expert.newPicture(views)]);
  await clinic.seesCard(['yellow', 'blue', 'green', 'red']);
  await Promise.all([clinic.hears(), expert.hears()]);
  const { cipher } = await expert.stats();
  assert.match(String(cipher), /GCM/);
  const stats = await clinic.stats();
  assert.ok(stats.framesDecoded >= 10);
  suite.note(`Firefox: ${stats.framesDecoded} frames decoded,`
    + ` ${[...new Set(stats.codecs)].join(' ')}`);
  await clinic.command('consultation.end', { consultation: id });
  await expert.sees('screen-opinion');
}
