// Ringing: how it looks, another clinic that calls while the expert is in a
// call, and an expert who sends a request on.
import assert from 'node:assert/strict';
import { at, Person } from './person.mjs';

const consent = () => ({ read: true, doctor: '石桥', at: Date.now() });

async function request(person, wanted) {
  const { posts } = await person.rpc('session.get', {});
  return person.command('consultation.request',
    { post: posts[0].id, ...wanted, consent: consent() });
}

/** However far the demo expert has come with it meanwhile. */
async function finish(person, consultation) {
  const how = await person.refused('consultation.cancel', { consultation });
  if (how !== 'accepted')
    await person.command('consultation.end', { consultation });
}

/** Looking takes its time, and ringing ends: nothing hangs on this request. */
export async function ringing(world, wanted) {
  const { suite, clinic, expert, look } = world;
  await suite.test('the screens while it rings', async () => {
    const { id } = await request(clinic, wanted);
    await clinic.goTo(`c/${id}`);
    await clinic.sees('screen-waiting');
    await expert.sees('incoming', `[data-id="${id}"]`);
    await look(clinic, 'waiting');
    await look(expert, 'desk-ringing');
    await finish(clinic, id);
    await expert.sees('desk-empty');
    await clinic.goTo('');
    await clinic.sees('screen-home');
  });
}

/** Presses Tab until this has the focus. */
async function tabTo(person, id) {
  for (let i = 0; i < 40; i += 1) {
    await person.page.keyboard.press('Tab');
    if (await person.page.evaluate((selector) =>
      document.activeElement.matches(selector), at(id)))
      return;
  }
  throw new Error(`${id} cannot be reached by keyboard`);
}

const whereIsThePicture = (person) => person.page.$eval(at('picture'),
  (one) => JSON.stringify(one.getBoundingClientRect()));

export async function knock(world, wanted) {
  const { suite, daemon, expert, look } = world;
  await suite.test('another call knocks, and is declined by keyboard',
    async () => {
      const other = await Person.open(world.clinicBrowser, daemon.url,
        { checked: true });
      await other.signIn('clinic3', 'screen-home');
      const place = await whereIsThePicture(expert);
      const { id } = await request(other, wanted);
      await expert.sees('also-ringing', `[data-id="${id}"]`);
      assert.equal(await whereIsThePicture(expert), place);
      await tabTo(expert, 'also-ringing-decline');
      await expert.page.keyboard.press('Enter');
      await expert.sees('decline-yes');
      await tabTo(expert, 'decline-yes');
      await expert.page.keyboard.press('Enter');
      await expert.until('it is quiet again', (selector) =>
        !document.querySelector(selector), at('also-ringing'));
      await expert.sees('screen-call');
      const { state, climb } = await other.rpc('consultation.get',
        { consultation: id });
      assert.equal(state, 'declined', 'nobody else is there');
      assert.equal(climb[0].rung[0].state, 'declined');
      assert.ok(climb[0].rung[0].reason);
      const next = await request(other, wanted);
      await expert.sees('also-ringing', `[data-id="${next.id}"]`);
      await look(expert, 'call-knock');
      await other.refused('consultation.cancel', { consultation: next.id });
      await other.close();
    });
}

/** Keeps what the list of those rung said of one who sent it on: the next
 *  may accept before one has looked. */
function watchRedirected() {
  window.e2e.redirected = '';
  new MutationObserver(() => {
    const rung = document.querySelector(
      '[data-testid="rung"][data-state="redirected"]');
    if (rung)
      window.e2e.redirected = rung.innerText;
  }).observe(document, { childList: true, subtree: true, attributes: true });
}

export async function redirect(world, wanted) {
  const { suite, clinic, expert } = world;
  await suite.test('sent on to another department, the clinic sees why',
    async () => {
      await Promise.all([clinic.goTo(''), expert.goTo('')]);
      await clinic.sees('screen-home');
      await clinic.page.evaluate(watchRedirected);
      const { id } = await request(clinic, wanted);
      await clinic.goTo(`c/${id}`);
      await clinic.sees('screen-waiting');
      await expert.sees('incoming', `[data-id="${id}"]`);
      await expert.click('incoming-redirect');
      await expert.click('redirect-department-dermatology');
      await expert.fill('redirect-reason', '先看皮疹');
      await expert.click('redirect-yes');
      await expert.sees('desk-empty');
      const said = await clinic.until('the list says so',
        () => window.e2e.redirected);
      assert.ok(said.includes('先看皮疹'), said);
      await finish(clinic, id);
    });
}
