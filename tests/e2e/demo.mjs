// One browser is enough: the synthetic expert answers.
import assert from 'node:assert/strict';
import fs from 'node:fs';

async function emergency(clinic) {
  await clinic.goTo('');
  await clinic.click('home-emergency');
  await clinic.click('department-dermatology');
  await clinic.click('sex-female');
  await clinic.fill('age', '7');
  await clinic.fill('complaint', '全身皮疹 1 小时，伴气促');
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
    await clinic.sees('screen-call', '', 30000);
    await clinic.newPicture(before, 30, 20000);
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
}
