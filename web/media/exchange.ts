// Offer and answer (PROTOCOL.md, section 4): generations 1, 2, … of one
// peer connection, one outstanding at a time; wishes that come meanwhile
// are merged into the next. No browser in here.
import type { ErrorName } from '../protocol/errors';

export interface Wish { restart: boolean }

export type Remedy =
  | 'retry'    // roll back, offer again a little later
  | 'wait'     // roll back, offer again when the consultation has moved on
  | 'rebuild'  // this peer connection is of no use: make another
  | 'give-up'; // roll back and say so

const TRIES = 5;

export class Exchange {
  generation = 0;
  private outstanding = false;
  private wish: Wish | null = null;
  private failures = 0;

  /** What to offer now; null when one is outstanding or none is wanted. */
  next(): Wish | null {
    if (this.outstanding || !this.wish)
      return null;
    const wish = this.wish;
    this.wish = null;
    this.outstanding = true;
    return wish;
  }

  want(restart: boolean): void {
    this.wish = { restart: restart || (this.wish ? this.wish.restart : false) };
  }

  /** The number for the offer about to be sent. */
  number(): number {
    this.generation += 1;
    return this.generation;
  }

  answered(): void {
    this.outstanding = false;
    this.failures = 0;
  }

  /** The offer was refused; after `retry` and `wait` it is wanted again. */
  failed(name: ErrorName, wish: Wish): Remedy {
    this.outstanding = false;
    this.failures += 1;
    const remedy = this.failures >= TRIES ? 'give-up' : remedyFor(name);
    if (remedy === 'retry' || remedy === 'wait')
      this.want(wish.restart);
    return remedy;
  }
}

function remedyFor(name: ErrorName): Remedy {
  switch (name) {
    case 'new-epoch':
    case 'stale-generation':
      return 'rebuild';
    case 'wrong-state':
    case 'not-found':
      return 'wait';
    case 'busy':
    case 'draining':
    case 'internal':
    case 'not-saved':
    case 'unreachable':
    case 'throttled':
      return 'retry';
    default:
      return 'give-up';
  }
}
