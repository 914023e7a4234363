// One consultation from the first click to the history, with everything
// that may happen on the way.
import assert from 'node:assert/strict';
import { knock, redirect, ringing } from './knock.mjs';
import { CARDS } from './testcard.mjs';
import { Person } from './person.mjs';
import * as probe from './probe.mjs';

export const CASE = {
  department: 'cardiology', urgency: 'routine',
  patient: { sex: 'male', age: 63, complaint: '胸闷 3 天，活动后加重',
    summary: '高血压 10 年，心电图 V4-V6 ST 段压低。' },
  question: '是否需要转院？用药怎么调整？',
};
const OPINION = {
  findings: '神志清，双肺呼吸音清。', diagnosis: '不稳定型心绞痛可能。',
  advice: '阿司匹林 300 mg 嚼服，尽快转县医院。',
};

async function fillRequest(clinic) {
  await clinic.click('home-request');
  await clinic.click('urgency-routine');
  await clinic.click(`department-${CASE.department}`);
  await clinic.click('sex-male');
  await clinic.fill('age', String(CASE.patient.age));
  await clinic.fill('complaint', CASE.patient.complaint);
  await clinic.fill('summary', CASE.patient.summary);
  await clinic.fill('question', CASE.question);
}

/** What every other chapter needs. */
export async function arrival(world) {
  const { suite, daemon, look } = world;
  await suite.must('the clinic signs in', async () => {
    world.clinic = await Person.open(world.clinicBrowser, daemon.url);
    await world.clinic.sees('signin-demo');
    await look(world.clinic, 'sign-in');
    await world.clinic.signIn('clinic', 'screen-home');
  });
  await suite.must('the expert signs in and goes on duty', async () => {
    world.expert = await Person.open(world.expertBrowser, daemon.url,
      { checked: true });
    await world.expert.signIn('expert', 'screen-desk');
    await look(world.expert, 'desk-off-duty');
    await world.expert.click('duty-expert-cardiology');
    await world.expert.sees('duty-state', '[data-duty="true"]');
    await world.expert.sees('sound-ready');
  });
}

/** A second expert of the same department, who will be too late. */
async function rivalArrives(world) {
  await world.suite.test('a second expert goes on duty', async () => {
    world.rival = await Person.open(world.expertBrowser, world.daemon.url,
      { checked: true });
    await world.rival.signIn('city-cardio', 'screen-desk');
    await world.rival.click('duty-jiangcheng-cardiology');
    await world.rival.sees('duty-state', '[data-duty="true"]');
  });
}

async function request({ suite, clinic, expert, rival, look, shared }) {
  await suite.test('the home screen', () => look(clinic, 'home'));
  await suite.must('a request is filled in and survives a reload', async () => {
    await fillRequest(clinic);
    await clinic.until('the draft is kept', (wanted) => Object
      .values(localStorage).some((kept) => kept.includes(wanted)),
    CASE.question);
    await clinic.page.reload();
    await clinic.sees('screen-request');
    await clinic.until('the draft is there', (wanted) => document
      .querySelector('[data-testid="question"]')?.value === wanted,
    CASE.question);
    await look(clinic, 'request');
    await clinic.tick('consent');
    await clinic.click('request-submit');
  });
  await suite.must('devices are checked', async () => {
    await clinic.sees('screen-devices');
    await clinic.sees('preview');
    await clinic.sees('level', '[data-heard="true"]');
    await look(clinic, 'devices');
    await clinic.click('devices-done');
  });
  await suite.must('both experts are rung, the clinic sees who', async () => {
    await clinic.sees('screen-waiting');
    await Promise.all([expert.sees('incoming'), rival.sees('incoming')]);
    await clinic.until('two are rung', () => document.querySelectorAll(
      '[data-testid="rung"][data-state="ringing"]').length === 2);
    shared.id = await expert.attribute('incoming', 'data-id');
  });
}

async function call({ suite, daemon, clinic, expert, rival, look, shared }) {
  await suite.must('accepted: both decode each other', async () => {
    await expert.click('incoming-accept');
    await Promise.all([clinic.sees('screen-call'), expert.sees('screen-call')]);
    await Promise.all([clinic.newPicture(0), expert.newPicture(0)]);
    await clinic.seesCard(CARDS.expert);
    await expert.seesCard(CARDS.clinic);
  });
  await suite.test("the other expert's telephone stops", async () => {
    await rival.sees('departed');
    await rival.sees('desk-empty');
    assert.equal(await rival.refused('consultation.accept',
      { consultation: shared.id, post: 'jiangcheng-cardiology' }), 'taken');
    await rival.command('duty.set',
      { post: 'jiangcheng-cardiology', on: false });
    await rival.close();
  });
  await suite.test('both hear each other', () =>
    Promise.all([clinic.hears(), expert.hears()]));
  await suite.test('the media is protected with AES-GCM', async () => {
    for (const person of [clinic, expert]) {
      const { cipher } = await person.stats();
      assert.match(String(cipher), /AEAD_AES_(128|256)_GCM/);
    }
  });
  await suite.test('the state in words is good', () => Promise.all([
    clinic.sees('call-status', '[data-status="call.good"]'),
    expert.sees('call-status', '[data-status="call.good"]')]));
  await suite.test('the cost of a call', async () => {
    const measure = async () => ({ at: Date.now(), busy: daemon.busy(),
      octets: (await clinic.stats()).octets + (await expert.stats()).octets });
    const before = await measure();
    await Promise.all([clinic.moreFrames(45), expert.moreFrames(45)]);
    const after = await measure();
    const ms = after.at - before.at;
    suite.note(`daemon in a call: ${((after.busy - before.busy) * 100 / ms)
      .toFixed(1)} % of a core for ${Math.round((after.octets - before.octets)
      * 8 / ms)} kbit/s forwarded`);
    assert.ok(after.octets > before.octets);
  });
  await suite.test('a broken offer is refused, and the call goes on',
    async () => {
      for (const sdp of ['nonsense', 'v=0\r\n', 'x'.repeat(40000)])
        assert.match(await clinic.refused('media.offer', { generation: 1,
          consultation: shared.id, connection: 'broken', sdp }),
        /^(bad-sdp|too-large)$/);
      await Promise.all([clinic.moreFrames(), expert.moreFrames()]);
    });
  await suite.test('mute and camera by keyboard, Esc ends nothing', async () => {
    await clinic.page.keyboard.press('m');
    await expert.sees('call-status', '[data-status="call.other-muted"]');
    await clinic.page.keyboard.press('m');
    await clinic.page.keyboard.press('v');
    await expert.sees('call-status', '[data-status="call.other-voice-only"]');
    await clinic.page.keyboard.press('v');
    await expert.sees('picture', '[data-flows="true"]');
    await expert.seesCard(CARDS.clinic);
    await clinic.page.keyboard.press('Escape');
    await clinic.sees('call-status', '[data-status="call.good"]');
  });
  await suite.test('the call screens', async () => {
    await look(clinic, 'call-clinic');
    await look(expert, 'call-expert');
  });
  await suite.test('chat passes both ways', async () => {
    await expert.click('control-chat');
    await expert.fill('chat-input', '请把镜头对准心电图');
    await expert.click('chat-send');
    await clinic.click('control-chat');
    await clinic.sees('chat-message');
    await clinic.fill('chat-input', '好的');
    await clinic.click('chat-send');
    await expert.until('two messages', () => document
      .querySelectorAll('[data-testid="chat-message"]').length === 2);
    await look(clinic, 'call-chat');
  });
  await suite.test('the opinion is saved as it is written', async () => {
    await expert.click('control-case');
    for (const [part, text] of Object.entries(OPINION))
      await expert.fill(`opinion-${part}`, text);
    await expert.sees('opinion-saved', '[data-saved="saved"]');
    const { opinion } = await expert.rpc('consultation.get',
      { consultation: shared.id });
    assert.equal(opinion.advice, OPINION.advice);
    assert.equal(opinion.draft, true);
    const seen = await clinic.rpc('consultation.get',
      { consultation: shared.id });
    assert.equal(seen.opinion, null);
  });
}

async function mishaps({ suite, daemon, clinic, expert, shared }) {
  await suite.test('an ICE restart keeps the pictures', async () => {
    const before = await clinic.page.evaluate(probe.credentials);
    const views = await clinic.views();
    await clinic.page.evaluate(() => window.dispatchEvent(new Event('online')));
    await clinic.until('new credentials on both sides', probe.areOther, before);
    await Promise.all([clinic.moreFrames(30), expert.moreFrames(30)]);
    assert.equal(await clinic.views(), views, 'the connection was rebuilt');
    await Promise.all([clinic.hears(), expert.hears()]);
  });
  await suite.test('a lost WebSocket comes back, the call untouched',
    async () => {
      const count = () => ({ connections: window.e2e.connections.length,
        views: window.e2e.views.length });
      const before = await clinic.page.evaluate(count);
      const sockets = await clinic.page.evaluate(() => {
        window.e2e.sockets.at(-1).close();
        return window.e2e.sockets.length;
      });
      await clinic.until('a new WebSocket', (old) => window.e2e.sockets.length
        > old && window.e2e.sockets.at(-1).readyState === 1, sockets);
      await Promise.all([clinic.moreFrames(30), expert.moreFrames(30)]);
      assert.deepEqual(await clinic.page.evaluate(count), before);
      await clinic.page.keyboard.press('m');
      await expert.sees('call-status', '[data-status="call.other-muted"]');
      await clinic.page.keyboard.press('m');
      await expert.sees('call-status', '[data-status="call.good"]');
    });
  await suite.test('a reload in mid call brings the picture back', async () => {
    const began = Date.now();
    await clinic.page.reload();
    const { first } = await clinic.newPicture(0);
    await clinic.seesCard(CARDS.expert);
    await expert.seesCard(CARDS.clinic);
    await Promise.all([clinic.hears(), expert.hears()]);
    suite.note(`reload to picture: ${Math.round(first - began)} ms`);
  });
  await suite.test('kill -9 in mid call: all comes back, nothing is lost',
    async () => {
      const before = await expert.rpc('consultation.get',
        { consultation: shared.id });
      const views = await Promise.all([clinic.views(), expert.views()]);
      const began = Date.now();
      await daemon.kill();
      await daemon.start();
      suite.note(`daemon ready again: ${Date.now() - began} ms`);
      const back = await Promise.all([
        clinic.newPicture(views[0]), expert.newPicture(views[1])]);
      const last = Math.max(...back.map((view) => view.first));
      suite.note(`kill -9 to both pictures: ${Math.round(last - began)} ms`);
      await clinic.seesCard(CARDS.expert);
      await expert.seesCard(CARDS.clinic);
      const after = await expert.rpc('consultation.get',
        { consultation: shared.id });
      for (const part of ['chat', 'opinion', 'accepted_at', 'active_at',
        'patient', 'question', 'climb'])
        assert.deepEqual(after[part], before[part], part);
      assert.ok(after.seq >= before.seq);
    });
}

async function ending({ suite, daemon, clinic, expert, look, shared }) {
  await suite.must('the clinic ends the call, asked once', async () => {
    await clinic.click('control-end');
    await clinic.click('end-confirm-yes');
    await clinic.sees('screen-result', '[data-state="opinion_pending"]');
    await expert.sees('screen-opinion');
    await look(expert, 'opinion');
  });
  await suite.must('the expert signs', async () => {
    await expert.click('opinion-next');
    await expert.sees('screen-sign');
    await look(expert, 'sign');
    await expert.fill('sign-password', 'wrong');
    await expert.click('sign-submit');
    await expert.sees('sign-error');
    await expert.fill('sign-password', 'demo');
    await expert.click('sign-submit');
    await expert.sees('screen-result', '[data-state="signed"]');
  });
  await suite.test('the clinic reads and acknowledges', async () => {
    await clinic.sees('screen-result', '[data-state="signed"]');
    assert.ok((await clinic.text('opinion-view')).includes(OPINION.advice));
    await look(clinic, 'result');
    await clinic.click('acknowledge');
    await clinic.sees('acknowledged');
  });
  await suite.test('the opinion is readable after a restart', async () => {
    const signed = await clinic.rpc('consultation.get',
      { consultation: shared.id });
    await daemon.kill('SIGTERM');
    await daemon.start();
    await clinic.page.reload();
    await clinic.click('nav-history');
    await clinic.sees('history-item', `[data-id="${shared.id}"]`);
    await look(clinic, 'history');
    const again = await clinic.rpc('consultation.get',
      { consultation: shared.id });
    assert.deepEqual(again.opinion, signed.opinion);
    assert.equal(again.state, 'closed');
    assert.equal(again.opinion.draft, false);
    await clinic.goTo(`c/${shared.id}`);
    await clinic.sees('signature');
  });
}

/** Leaves its id in `world.shared`. */
export async function story(world) {
  await ringing(world, CASE);
  await rivalArrives(world);
  await request(world);
  await call(world);
  await knock(world, CASE);
  await mishaps(world);
  await ending(world);
  await redirect(world, CASE);
}
