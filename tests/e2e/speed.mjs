// From the click on "accept" to the first decoded frame, on both sides.
import assert from 'node:assert/strict';
import { CASE } from './story.mjs';
import { quantile } from './suite.mjs';

const WITHIN_MS = 80000;

async function bothHome(clinic, expert) {
  await Promise.all([clinic.goTo(''), expert.goTo('')]);
  await Promise.all([clinic.sees('screen-home'), expert.sees('screen-desk')]);
}

/** As people do: the clinic's media connects while it still rings. */
async function oneCall({ clinic, expert }, post) {
  const views = await Promise.all([clinic.views(), expert.views()]);
  const { id } = await clinic.command('consultation.request', { post, ...CASE,
    consent: { read: true, doctor: '林小禾', at: Date.now() } });
  await clinic.goTo(`c/${id}`);
  await Promise.all([clinic.sees('screen-waiting'),
    expert.sees('incoming', `[data-id="${id}"]`)]);
  await clinic.until('the clinic connects', () => window.e2e.connections
    .some((one) => one.connectionState === 'connected'));
  await expert.click('incoming-accept');
  const clicked = await expert.page.evaluate(() => window.e2e.accepted);
  const first = await Promise.all([clinic.newPicture(views[0], 1),
    expert.newPicture(views[1], 1)]);
  await expert.command('consultation.end', { consultation: id });
  await Promise.all([clinic.sees('screen-result'),
    expert.sees('screen-opinion')]);
  await expert.command('opinion.sign', { consultation: id, findings: '',
    diagnosis: '-', advice: '-', follow_up: '', password: 'demo' });
  await clinic.command('opinion.acknowledge', { consultation: id });
  await bothHome(clinic, expert);
  return first.map((view) => view.first - clicked);
}

export async function speed(world) {
  const { suite, daemon, clinic, expert } = world;
  await suite.test('accept to first decoded frame', async () => {
    await bothHome(clinic, expert);
    await expert.page.evaluate(() => document.addEventListener('click',
      (event) => {
        if (event.target.closest('[data-testid="incoming-accept"]'))
          window.e2e.accepted = performance.timeOrigin + performance.now();
      }, true));
    const { posts } = await clinic.rpc('session.get', {});
    const times = [];
    const deadline = Date.now() + WITHIN_MS;
    while (times.length < world.calls && Date.now() < deadline)
      times.push(await oneCall(world, posts[0].id));
    const print = (side, values) => suite.note(
      `accept to first frame, ${side}: p50 ${Math.round(quantile(values, 0.5))}`
      + ` ms, p95 ${Math.round(quantile(values, 0.95))} ms,`
      + ` ${values.length} calls`);
    print('clinic', times.map((one) => one[0]));
    print('expert', times.map((one) => one[1]));
    print('the later of both', times.map((one) => Math.max(...one)));
    suite.note(`daemon after ${times.length} calls:`
      + ` ${Math.round(daemon.memory() / 1024)} MiB resident`);
    assert.ok(times.length > 0);
  }, WITHIN_MS + 150000);
}
