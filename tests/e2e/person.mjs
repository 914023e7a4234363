// Somebody in front of a browser: finds things by their data-testid, and
// waits for conditions, never for time to pass.
import { randomUUID } from 'node:crypto';
import * as probe from './probe.mjs';

const PATIENCE_MS = 40000;
const POLL_MS = 40;

const isUsable = (selector) => {
  const found = Array.from(document.querySelectorAll(selector))
    .find((one) => one.getClientRects().length > 0
      || one.closest('label')?.getClientRects().length > 0);
  return Boolean(found && !found.disabled);
};

export function at(id, attributes = '') {
  return `[data-testid="${id}"]${attributes}`;
}

export class Person {
  static async open(browser, url, options = {}) {
    const context = options.shared ? browser.defaultBrowserContext()
      : await browser.createBrowserContext();
    const self = new Person();
    self.context = context;
    self.page = await context.newPage();
    self.url = url;
    self.page.setDefaultTimeout(PATIENCE_MS);
    if (options.before)
      await self.page.evaluateOnNewDocument(options.before);
    await self.page.evaluateOnNewDocument(probe.install);
    if (options.checked)
      await self.page.evaluateOnNewDocument(() => {
        if (!localStorage.getItem('yl.devices'))
          localStorage.setItem('yl.devices', '{"checked":true}');
      });
    if (options.width)
      await self.page.setViewport({ width: options.width,
        height: options.height });
    await self.page.goto(`${url}/`);
    return self;
  }

  /** As if the address had been typed; the page itself stays. */
  goTo(place) {
    return this.page.evaluate((to) => { location.hash = `#/${to}`; }, place);
  }

  close() {
    return this.page.close().then(() => this.context.close())
      .catch(() => undefined);
  }

  /** Asks the page until it says something true, and returns that. Polled
   *  from here: the page's policy forbids what the driver's own way needs. */
  async until(what, condition, ...args) {
    const deadline = Date.now() + (args[0]?.within ?? PATIENCE_MS);
    if (args[0]?.within)
      args.shift();
    let failure = 'time-out';
    while (Date.now() < deadline) {
      try {
        const said = await this.page.evaluate(condition, ...args);
        if (said)
          return said;
      } catch (error) {
        failure = error.message; /* the page is being left: ask the next */
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`${what}: ${failure} (${await this.where()})`);
  }

  /** What is on the screen, for messages. */
  where() {
    return this.page.evaluate(() => Array.from(
      document.querySelectorAll('[data-testid^="screen-"]'))
      .map((one) => [one.dataset.testid, one.dataset.state].join(' '))
      .join(', ') || document.body.innerText.slice(0, 80))
      .catch((error) => error.message);
  }

  sees(id, attributes, within = PATIENCE_MS) {
    const selector = at(id, attributes);
    return this.until(`waits for ${selector}`, isUsable, { within }, selector);
  }

  /** A real click, with what a browser allows only after one. */
  async click(id, attributes) {
    await this.sees(id, attributes);
    const handle = await this.page.evaluateHandle((selector) => {
      const one = Array.from(document.querySelectorAll(selector)).find((each) =>
        each.getClientRects().length > 0 || each.closest('label'));
      return one.closest('label') || one;
    }, at(id, attributes));
    await handle.asElement().click();
    await handle.dispose();
  }

  async tick(id) {
    await this.sees(id);
    if (!await this.page.$eval(at(id), (box) => box.checked))
      await this.click(id);
  }

  async fill(id, text) {
    await this.sees(id);
    await this.page.$eval(at(id), (field, value) => {
      const kind = field instanceof HTMLTextAreaElement
        ? HTMLTextAreaElement : HTMLInputElement;
      field.focus();
      Object.getOwnPropertyDescriptor(kind.prototype, 'value').set
        .call(field, value);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }, text);
  }

  text(id) {
    return this.page.$eval(at(id), (one) => one.innerText);
  }

  attribute(id, name) {
    return this.page.$eval(at(id), (one, key) => one.getAttribute(key), name);
  }

  count(id) {
    return this.page.$$eval(at(id), (all) => all.length);
  }

  /** By keyboard alone. */
  async signIn(account, screen) {
    await this.sees('account');
    await this.page.focus(at('account'));
    await this.page.keyboard.type(account);
    await this.page.keyboard.press('Tab');
    await this.page.keyboard.type('demo');
    await this.page.keyboard.press('Enter');
    await this.sees(screen);
  }

  /** The result, or throws an error whose `rpc` is the protocol's name. */
  async rpc(method, params) {
    const reply = await this.page.evaluate(probe.rpc, method, params);
    if (reply.error)
      throw Object.assign(new Error(`${method}: ${reply.error.message}`),
        { rpc: reply.error.data?.name });
    return reply.result;
  }

  command(method, params) {
    return this.rpc(method, { command: randomUUID(), ...params });
  }

  async refused(method, params) {
    try {
      await this.command(method, params);
    } catch (error) {
      if (error.rpc)
        return error.rpc;
      throw error;
    }
    return 'accepted';
  }

  views() {
    return this.page.evaluate(probe.countViews);
  }

  /** Waits for so many more frames of the picture that is shown now. */
  async moreFrames(frames = 10) {
    const views = await this.views();
    const now = await this.newPicture(views - 1, 1);
    await this.newPicture(views - 1, now.frames + frames);
  }

  /** Waits for a picture of a connection newer than the first `before`. */
  newPicture(before, frames = 10, within = PATIENCE_MS) {
    return this.until(`waits for ${frames} frames`, probe.newestView,
      { within }, before, frames);
  }

  seesCard(card) {
    const wanted = card.join();
    return this.until(`waits for the card ${wanted}`,
      new Function('wanted', `return (${probe.readCard})()?.join() === wanted`),
      wanted);
  }

  contrast() {
    return this.page.evaluate(probe.readContrast);
  }

  stats() {
    return this.page.evaluate(probe.readStats);
  }

  /** Audio energy that grows from now on. */
  async hears() {
    const { energy } = await this.stats();
    return this.until('hears nothing', new Function('energy', `
      return (${probe.readStats})().then((now) => now.energy > energy + 1e-4)`),
      energy);
  }
}
