// Chromium once for each side, since a fake camera belongs to the browser,
// and Firefox.
import { existsSync } from 'node:fs';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import { CARDS, TONES_HZ, writePicture, writeSound } from './testcard.mjs';

const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
const FIREFOX = process.env.FIREFOX || '/usr/bin/firefox-esr';

const PATIENCE_MS = 120000;

// What the driver and we switch off, so that tests run at full speed.
const UNTHROTTLED = ['--disable-background-timer-throttling',
  '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'];

/** With the camera and the voice of `side`; `throttled` as people's browsers
 *  are, which slow down pages that nobody sees. */
export function chromium(side, folder, { throttled = false } = {}) {
  const picture = path.join(folder, `${side}.y4m`);
  const sound = path.join(folder, `${side}.wav`);
  if (!existsSync(picture)) {
    writePicture(picture, CARDS[side]);
    writeSound(sound, TONES_HZ[side]);
  }
  return puppeteer.launch({
    executablePath: CHROMIUM,
    headless: true,
    acceptInsecureCerts: true,
    timeout: PATIENCE_MS,
    protocolTimeout: PATIENCE_MS,
    args: ['--no-sandbox', '--lang=zh-CN', '--mute-audio',
      '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${picture}`,
      `--use-file-for-fake-audio-capture=${sound}`,
      ...(throttled ? [] : UNTHROTTLED)],
    ignoreDefaultArgs: throttled ? UNTHROTTLED : [],
  });
}

export function firefox() {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    acceptInsecureCerts: true,
    timeout: PATIENCE_MS,
    protocolTimeout: PATIENCE_MS,
    extraPrefsFirefox: { 'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'intl.accept_languages': 'zh-CN' },
  });
}
