// A test is a name and a function. Printed as TAP, with a last line that
// packaging/check reads.
const LIMIT_MS = 150000;

class Stop extends Error {}

export class Suite {
  constructor() {
    this.number = 0;
    this.passed = 0;
    this.failed = 0;
    this.skipped = 0;
    this.onFailure = async () => undefined;
  }

  note(text) {
    console.log(`# ${text}`);
  }

  skip(name, why) {
    this.number += 1;
    this.skipped += 1;
    console.log(`ok ${this.number} - ${name} # SKIP ${why}`);
  }

  /** Returns whether it passed; a later test that builds on it may ask. */
  async test(name, run, limit_ms = LIMIT_MS) {
    const began = Date.now();
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done in ${limit_ms} ms`)),
        limit_ms);
    });
    this.number += 1;
    try {
      await Promise.race([run(), late]);
      this.passed += 1;
      console.log(`ok ${this.number} - ${name} # ${Date.now() - began} ms`);
      return true;
    } catch (error) {
      this.failed += 1;
      console.log(`not ok ${this.number} - ${name}`);
      String(error.stack || error).split('\n').slice(0, 8)
        .forEach((line) => console.log(`#   ${line}`));
      await this.onFailure(name).catch(() => undefined);
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A test that what follows builds on. */
  async must(name, run, limit_ms) {
    if (!await this.test(name, run, limit_ms))
      throw new Stop(`after: ${name}`);
  }

  /** Tests that build on each other: the first that must and does not pass
   *  ends them. */
  async chapter(run) {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof Stop))
        throw error;
      this.note(`the rest of this chapter is left out, ${error.message}`);
    }
  }

  /** Prints the sums; the exit status. */
  finish() {
    console.log(`1..${this.number}`);
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

/** The value below which a part of the sorted values lies. */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1,
    Math.ceil(part * sorted.length) - 1)];
}
