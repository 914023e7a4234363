// Drafts on this device, by account: they survive a reload and a lost
// connection, and are gone at sign-out, since a clinic's PC is shared.
import type { OpinionText, Sex, Urgency } from '../protocol/types';
import { keep } from './settings';

const PREFIX = 'yl.draft.';

export interface RequestDraft {
  department: string;
  urgency: Urgency;
  sex: Sex | '';
  age: string;
  complaint: string;
  summary: string;
  question: string;
}

export const emptyRequest: RequestDraft = {
  department: '', urgency: 'routine', sex: '', age: '', complaint: '',
  summary: '', question: '',
};

export const emptyOpinion: OpinionText = {
  findings: '', diagnosis: '', advice: '', follow_up: '',
};

function key(account: string, what: string): string {
  return `${PREFIX}${account}.${what}`;
}

function read<T>(at: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(at) || 'null');
  } catch (_) {
    return null;
  }
}

export function readRequest(account: string): RequestDraft {
  return { ...emptyRequest, ...read<RequestDraft>(key(account, 'request')) };
}

export function keepRequest(account: string, draft: RequestDraft): boolean {
  return keep(key(account, 'request'), draft);
}

export function dropRequest(account: string): void {
  localStorage.removeItem(key(account, 'request'));
}

export function hasRequest(account: string): boolean {
  const draft = readRequest(account);
  return Boolean(draft.complaint || draft.summary || draft.question);
}

/** An opinion not yet acknowledged by the server; null when it has all. */
export function readOpinion(account: string, consultation: string):
  OpinionText | null {
  return read(key(account, `opinion.${consultation}`));
}

export function keepOpinion(account: string, consultation: string,
  text: OpinionText): boolean {
  return keep(key(account, `opinion.${consultation}`), text);
}

export function dropOpinion(account: string, consultation: string): void {
  localStorage.removeItem(key(account, `opinion.${consultation}`));
}

/** At sign-out. */
export function dropAll(account: string): void {
  Object.keys(localStorage)
    .filter((name) => name.indexOf(key(account, '')) === 0)
    .forEach((name) => localStorage.removeItem(name));
}
