// An opinion while it is written: on this device at each key, on the
// server each second. One per consultation, whichever screen shows it.
import { effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { isError } from '../protocol/errors';
import type { Consultation, OpinionText } from '../protocol/types';
import * as drafts from './drafts';
import { command } from './session';
import { person, serverNow } from './store';

export type Saved = 'empty' | 'saving' | 'saved' | 'kept-here' | 'lost';

const SAVE_EVERY_MS = 1000;
const RETRY_MS = 5000;

export class OpinionDraft {
  readonly text: Signal<OpinionText>;
  readonly saved: Signal<Saved>;
  readonly savedAt = signal(0);
  private timer = 0;
  private sending = false;
  private done = false;

  constructor(private consultation: string, known: OpinionText | null) {
    const local = drafts.readOpinion(account(), consultation);
    this.text = signal(local || known || drafts.emptyOpinion);
    this.saved = signal<Saved>(local ? 'kept-here' : known ? 'saved'
      : 'empty');
    if (local)
      this.later();
  }

  set(part: Partial<OpinionText>): void {
    this.text.value = { ...this.text.value, ...part };
    const kept = drafts.keepOpinion(account(), this.consultation,
      this.text.value);
    this.saved.value = kept ? 'saving' : 'lost';
    this.later();
  }

  /** Signed: nothing more is to be saved. */
  finish(): void {
    this.done = true;
    window.clearTimeout(this.timer);
    drafts.dropOpinion(account(), this.consultation);
    known.delete(this.consultation);
  }

  private later(after_ms = SAVE_EVERY_MS): void {
    if (this.timer || this.sending || this.done)
      return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.save();
    }, after_ms);
  }

  private async save(): Promise<void> {
    const sent = this.text.value;
    this.sending = true;
    try {
      await command('opinion.save',
        { consultation: this.consultation, ...sent });
      this.sending = false;
      if (this.text.value !== sent) {
        this.later();
      } else if (!this.done) {
        drafts.dropOpinion(account(), this.consultation);
        this.savedAt.value = serverNow();
        this.saved.value = 'saved';
      }
    } catch (error) {
      this.sending = false;
      this.saved.value = 'kept-here';
      if (!isError(error, 'wrong-state', 'no-right', 'not-found'))
        this.later(RETRY_MS);
    }
  }
}

function account(): string {
  return person.value ? person.value.account : '';
}

const known = new Map<string, OpinionDraft>();

export function opinionOf(one: Consultation): OpinionDraft {
  let draft = known.get(one.id);
  if (!draft) {
    const text = one.opinion && { findings: one.opinion.findings,
      diagnosis: one.opinion.diagnosis, advice: one.opinion.advice,
      follow_up: one.opinion.follow_up };
    draft = new OpinionDraft(one.id, text);
    known.set(one.id, draft);
  }
  return draft;
}

/* At sign-out: the next person must not meet them. */
effect(() => {
  if (!person.value)
    known.clear();
});
