// How a screen looks and reads: axe at two sizes, nothing wider than the
// screen, and a picture of it in out/.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const axe = fs.readFileSync(createRequire(import.meta.url)
  .resolve('axe-core/axe.min.js'), 'utf8');

const SIZES = [{ width: 360, height: 740 }, { width: 1366, height: 768 }];

async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(() => window.axe.run(document,
    { resultTypes: ['violations'] }).then((found) =>
    found.violations.map((one) =>
      `${one.id}: ${one.nodes.slice(0, 3).map((node) =>
        node.html.slice(0, 120)).join(' | ')}`)));
}

const overflow = () => {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth ? `${scrollWidth} wide` : '';
};

/** Throws with all that is wrong. */
export async function look(person, name, out) {
  const wrong = [];
  for (const size of SIZES) {
    await person.page.setViewport(size);
    await person.page.screenshot({
      path: path.join(out, `${name}-${size.width}.png`) });
    const wide = await person.page.evaluate(overflow);
    if (wide)
      wrong.push(`${size.width} px: ${wide}`);
    for (const one of await violations(person.page))
      wrong.push(`${size.width} px: ${one}`);
  }
  if (wrong.length > 0)
    throw new Error(`${name}\n${wrong.join('\n')}`);
}
