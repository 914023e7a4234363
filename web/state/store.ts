// What the server last told us. The server is the truth: a reload builds
// all of this again from hello and home.get.
import { batch, computed, signal } from '@preact/signals';
import type { LinkState } from '../protocol/link';
import type {
  Consultation, Department, OnDuty, Person, Role, State,
} from '../protocol/types';

export const linkState = signal<LinkState>('closed');
export const roundTrip_ms = signal<number | null>(null);
export const person = signal<Person | null>(null);
export const demo = signal(false);
export const version = signal('');
export const epoch = signal('');
/** home.get was answered at least once since signing in. */
export const loaded = signal(false);
export const consultations = signal<ReadonlyMap<string, Consultation>>(
  new Map());
export const onDuty = signal<OnDuty[]>([]);
export const departments = signal<Department[]>([]);
/** The server will restart at this moment of its clock, or null. */
export const restartAt = signal<number | null>(null);

let serverAhead_ms = 0;

export function setServerTime(server_ms: number): void {
  serverAhead_ms = server_ms - Date.now();
}

/** The server's clock: a clinic's PC may be hours off. */
export function serverNow(): number {
  return Date.now() + serverAhead_ms;
}

const CALL_STATES: State[] = ['accepted', 'waiting', 'active', 'interrupted'];
const WAIT_STATES: State[] = ['requested', 'offered'];
const DEAD_STATES: State[] = ['closed', 'declined', 'cancelled', 'expired'];

export const isCall = (state: State) => CALL_STATES.indexOf(state) >= 0;
export const isWaiting = (state: State) => WAIT_STATES.indexOf(state) >= 0;
export const isOver = (state: State) => DEAD_STATES.indexOf(state) >= 0;
export const isMine = (consultation: Consultation) =>
  consultation.mine === 'clinic' || consultation.mine === 'expert';

/** Newer views replace older ones, whatever order they arrive in. */
export function isNewer(known: Consultation | undefined,
  seen: Consultation): boolean {
  return !known || seen.seq >= known.seq;
}

export function applyConsultation(seen: Consultation): void {
  const known = consultations.value.get(seen.id);
  if (!isNewer(known, seen))
    return;
  const next = new Map(consultations.value);
  next.set(seen.id, seen);
  consultations.value = next;
}

export function forgetConsultation(id: string): void {
  const next = new Map(consultations.value);
  next.delete(id);
  consultations.value = next;
}

/** A new snapshot: open ones come from the server, ended ones shown now
 *  stay until the next reload. */
export function replaceOpen(open: Consultation[]): void {
  const next = new Map<string, Consultation>();
  consultations.value.forEach((known) => {
    if (isOver(known.state))
      next.set(known.id, known);
  });
  open.forEach((seen) => next.set(seen.id, seen));
  consultations.value = next;
}

export function forgetAll(): void {
  batch(() => {
    person.value = null;
    loaded.value = false;
    consultations.value = new Map();
    onDuty.value = [];
    departments.value = [];
    restartAt.value = null;
  });
}

const newestFirst = (a: Consultation, b: Consultation) =>
  b.requested_at - a.requested_at;

export const open = computed(() => Array.from(consultations.value.values())
  .filter((one) => !isOver(one.state)).sort(newestFirst));

/** The call that this person is in; it has the screen. */
export const currentCall = computed(() => open.value
  .find((one) => isMine(one) && isCall(one.state)) || null);

/** Ours that still rings somewhere. */
export const currentWait = computed(() => open.value
  .find((one) => one.mine === 'clinic' && isWaiting(one.state)) || null);

export const ringing = computed(() =>
  open.value.filter((one) => one.mine === 'rung' && one.ringing));

export function postsOf(role: Role) {
  return (person.value ? person.value.posts : [])
    .filter((post) => post.role === role);
}

export const isOnDuty = computed(() =>
  (person.value ? person.value.posts : [])
    .some((post) => post.role === 'expert' && post.duty));
