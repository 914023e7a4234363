// Who may not come in, and what they are told.
import assert from 'node:assert/strict';
import { CASE } from './story.mjs';
import { Person } from './person.mjs';

export async function doors(world) {
  const { suite, daemon, clinic, expert, look, shared } = world;
  await suite.test('a newer window takes the seat, and gives it back',
    async () => {
      const other = await Person.open(world.clinicBrowser, daemon.url);
      await other.signIn('clinic', 'whoami');
      await clinic.sees('screen-taken');
      await look(clinic, 'taken');
      await clinic.click('take-back');
      await other.sees('screen-taken');
      await clinic.sees('whoami');
      await other.close();
    });
  await suite.test('roles are kept apart', async () => {
    const { posts } = await clinic.rpc('session.get', {});
    const consent = { read: true, doctor: '林小禾', at: Date.now() };
    assert.equal(await expert.refused('consultation.request',
      { post: posts[0].id, ...CASE, consent }), 'no-right');
    assert.equal(await expert.refused('consultation.request',
      { post: 'expert-cardiology', ...CASE, consent }), 'no-right');
    assert.equal(await clinic.refused('duty.set',
      { post: 'expert-cardiology', on: true }), 'no-right');
    assert.equal(await clinic.refused('opinion.supplement',
      { consultation: shared.id, text: 'x', password: 'demo' }), 'no-right');
    assert.equal(await clinic.refused('no.such', {}), 'unknown-method');
    assert.equal(await clinic.refused('consultation.get', {}),
      'invalid-params');
  });
  await suite.test("another clinic's consultation is not to be found",
    async () => {
      const other = await Person.open(world.clinicBrowser, daemon.url);
      await other.signIn('clinic2', 'screen-home');
      assert.equal(await other.refused('consultation.get',
        { consultation: shared.id }), 'not-found');
      assert.equal(await other.refused('media.offer', { generation: 1,
        consultation: shared.id, connection: 'x', sdp: 'v=0' }), 'not-found');
      await other.goTo(`c/${shared.id}`);
      await other.sees('screen-missing');
      await look(other, 'missing');
      await other.close();
    });
  await suite.test('without a session, and from another page', async () => {
    const call = (headers) => fetch(`${daemon.url}/rpc`, { method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'home.get',
        params: {} }) });
    const reply = await (await call({})).json();
    assert.equal(reply.error.data.name, 'not-signed-in');
    const foreign = await call({ Origin: 'https://elsewhere.example' });
    assert.equal(foreign.status, 403);
  });
  await suite.test('a wrong password is told apart from nothing', async () => {
    const other = await Person.open(world.clinicBrowser, daemon.url);
    await other.fill('account', 'clinic3');
    await other.fill('password', 'not-it');
    await other.click('signin-submit');
    await other.sees('signin-error');
    await other.close();
  });
  await suite.test('an old browser is told so', async () => {
    const other = await Person.open(world.clinicBrowser, daemon.url,
      { before: () => { delete window.RTCPeerConnection; } });
    await other.until('the notice', () => {
      const notice = document.getElementById('old-browser');
      return notice && !notice.hidden && notice.getClientRects().length > 0;
    });
    await look(other, 'old-browser');
    await other.close();
  });
  await suite.test('settings, and English', async () => {
    await clinic.click('nav-settings');
    await clinic.sees('screen-settings');
    await look(clinic, 'settings');
    await clinic.click('language-switch');
    await clinic.click('nav-home');
    await clinic.until('English', () => document.documentElement.lang === 'en');
    await look(clinic, 'home-english');
    await clinic.click('language-switch');
  });
}
