// One browser is enough: the synthetic expert answers.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { CASE } from './story.mjs';
import { Person } from './person.mjs';

async function emergency(clinic) {
  await clinic.goTo('');
  await clinic.click('home-emergency');
  await clinic.click('department-dermatology');
  await clinic.click('sex-female');
  await clinic.fill('age', '7');
  await clinic.fill('complaint', '全身皮疹 1 小时，伴气促');
  await clinic.fill('summary', '午后食用花生后起病，体温 36.8 ℃，血压 96/60。');
  await clinic.fill('question', '是否需要肾上腺素？剂量多少？');
  await clinic.tick('consent');
  await clinic.click('request-submit');
}

/** For the README, and only when asked for. */
async function takePicture(clinic, file) {
  await clinic.page.setViewport({ width: 1366, height: 768 });
  await clinic.page.screenshot({ path: file,
    type: file.endsWith('.png') ? 'png' : 'webp',
    ...(file.endsWith('.png') ? {} : { quality: 70 }) });
  assert.ok(fs.statSync(file).size < 150000, 'the picture is too large');
}

export async function demo(world) {
  const { suite, clinic, expert } = world;
  await suite.test('the demo expert answers a single browser', async () => {
    const before = await clinic.views();
    await emergency(clinic);
    await clinic.sees('screen-call', '', 60000);
    await clinic.newPicture(before, 30);
    assert.ok(await clinic.contrast() > 60, 'the picture is blank');
    await clinic.hears();
    await clinic.sees('call-status', '[data-status="call.good"]');
    if (world.picture)
      await takePicture(clinic, world.picture);
  });
  await suite.test('and the call with it can be ended', async () => {
    await clinic.click('control-end');
    await clinic.click('end-confirm-yes');
    await clinic.sees('screen-result');
    assert.equal(await expert.count('incoming'), 0);
  });
  await suite.test('without a camera one joins by voice', async () => {
    const voice = await Person.open(world.clinicBrowser, world.daemon.url,
      { checked: true, before: withoutCamera });
    await voice.signIn('clinic', 'whoami');
    const { posts } = await voice.rpc('session.get', {});
    const { id } = await voice.command('consultation.request', {
      post: posts[0].id, ...CASE, department: 'neurology',
      consent: { read: true, doctor: '林小禾', at: Date.now() } });
    await voice.sees('screen-call');
    await voice.sees('own-problem');
    await voice.newPicture(0);
    await voice.hears();
    await voice.command('consultation.end', { consultation: id });
    await voice.sees('screen-result');
    world.voice = voice;
  });
  await suite.test('who opens the page anew begins at home', async () => {
    /* The opinion on the last call is still being written. */
    const { voice } = world;
    await voice.page.goto('about:blank');
    await voice.page.goto(`${world.daemon.url}/`);
    await voice.sees('screen-home');
    await voice.close();
    await clinic.click('take-back');
  });
}

function withoutCamera() {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (want) => want.video
    ? Promise.reject(new DOMException('none', 'NotFoundError')) : real(want);
}
