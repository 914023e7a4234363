import assert from 'node:assert/strict';
import test from 'node:test';
import { en } from '../locales/en';
import { zh } from '../locales/zh-CN';
import { clock, fullMoment, moment, nameIn, wait } from '../state/format';
import { formatRoute, parseRoute } from '../state/route';
import type { Route } from '../state/route';

test('format: clock', () => {
  assert.equal(clock(0), '00:00');
  assert.equal(clock(-5), '00:00');
  assert.equal(clock(65999), '01:05');
  assert.equal(clock(3661000), '1:01:01');
});

test('format: waits in words', () => {
  assert.equal(wait('zh-CN', 45000), '45 秒');
  assert.equal(wait('zh-CN', 60500), '1 分钟');
  assert.equal(wait('zh-CN', 125000), '2 分 5 秒');
  assert.equal(wait('en', 3725000), '1 h 2 min');
});

test('format: moments leave out what is obvious', () => {
  const now = new Date(2031, 4, 6, 15, 0).getTime();
  const at = (...parts: [number, number, number, number, number]) =>
    new Date(...parts).getTime();
  assert.equal(moment('zh-CN', at(2031, 4, 6, 9, 5), now), '今天 09:05');
  assert.equal(moment('en', at(2031, 4, 6, 9, 5), now), 'today 09:05');
  assert.equal(moment('zh-CN', at(2031, 0, 2, 9, 5), now), '1月2日 09:05');
  assert.equal(moment('zh-CN', at(2030, 11, 31, 9, 5), now),
    '2030年12月31日 09:05');
  assert.equal(moment('en', at(2030, 11, 31, 9, 5), now), '2030-12-31 09:05');
  assert.equal(fullMoment(at(2031, 4, 6, 9, 5)), '2031-05-06 09:05');
});

test('format: names fall back on what there is', () => {
  assert.equal(nameIn('en', { zh: '王', en: 'Wang' }), 'Wang');
  assert.equal(nameIn('en', { zh: '王', en: '' }), '王');
  assert.equal(nameIn('zh-CN', null), '');
  assert.equal(nameIn('zh-CN', 'plain'), 'plain');
});

test('words: both languages name the same values', () => {
  const values = (text: string) => (text.match(/{{\w+}}/g) || []).sort();
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    assert.ok(en[key], key);
    assert.deepEqual(values(en[key]), values(zh[key]), key);
  }
  assert.equal(Object.keys(en).length, Object.keys(zh).length);
});

test('route: there and back', () => {
  const routes: Route[] = [
    { at: 'home' }, { at: 'history' }, { at: 'settings' },
    { at: 'request', urgency: 'routine' },
    { at: 'request', urgency: 'emergency' },
    { at: 'devices', then: 'back' }, { at: 'devices', then: 'request' },
    { at: 'consultation', id: 'a/b c' },
  ];
  for (const route of routes)
    assert.deepEqual(parseRoute(formatRoute(route)), route);
  assert.deepEqual(parseRoute('#/nowhere'), { at: 'home' });
  assert.deepEqual(parseRoute(''), { at: 'home' });
});
