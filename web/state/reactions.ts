// What the page does about news beside showing it: sounds, the title, a
// system notification, the strip, and going to where one is needed.
import { effect, signal } from '@preact/signals';
import { named, t } from '../locales';
import type { Key } from '../locales';
import { chime, knock, startRinging, stopRinging } from '../media/sounds';
import type { Consultation, Notifications, Side } from '../protocol/types';
import { tell } from './notices';
import { go, route } from './route';
import { react } from './session';
import { sounds } from './settings';
import * as store from './store';

export interface Departed { id: string; text: string; at: number }

/** Requests that left this expert's desk, newest first. */
export const departed = signal<Departed[]>([]);
const DEPARTED_AT_MOST = 5;

/** The title of the screen; while it rings another flashes instead. */
export const pageTitle = signal('');

const FLASH_MS = 1000;
const ringingTitle = signal('');
let flash = 0;
let notification: Notification | null = null;
/** Those that rang or knocked already. */
let announced: ReadonlySet<string> = new Set();

export function startReactions(): void {
  react({ changed, gone, loaded });
  effect(() => {
    document.title = ringingTitle.value || pageTitle.value;
  });
  effect(() => {
    /* A call has no banner; elsewhere the banner counts down. */
    if (store.restartAt.value !== null && store.currentCall.value !== null)
      tell(t('notice.draining'));
  });
  effect(() => {
    const calls = store.ringing.value;
    const busy = store.currentCall.value !== null;
    const away = store.linkState.value === 'taken'
      || store.linkState.value === 'signed-out';
    if (calls.length > 0 && !busy && !away)
      ring(calls[0]!);
    else
      quiet();
    /* In a call the telephone knocks once: the patient comes first. */
    if (busy && !away && calls.some((one) => !announced.has(one.id)))
      knock();
    announced = new Set(calls.map((one) => one.id));
  });
}

function ring(one: Consultation): void {
  if (sounds.value.ring)
    startRinging();
  else
    stopRinging();
  const title = t('desk.title-ringing',
    { clinic: named(one.clinic.organisation.name) });
  ringingTitle.value = title;
  window.clearInterval(flash);
  flash = window.setInterval(() => {
    ringingTitle.value = ringingTitle.value === title ? `● ${title}` : title;
  }, FLASH_MS);
  if (document.hidden && !notification && 'Notification' in window
      && Notification.permission === 'granted') {
    try {
      /* No patient data: it shows on a locked screen. */
      notification = new Notification(t('desk.notification-title'), {
        body: t(`urgency.${one.urgency}` as Key), tag: 'yilian-ring',
        requireInteraction: true });
      notification.onclick = () => window.focus();
    } catch (_) { /* some phones only allow it from a worker */ }
  }
}

function quiet(): void {
  stopRinging();
  window.clearInterval(flash);
  ringingTitle.value = '';
  if (notification)
    notification.close();
  notification = null;
}

/** After the first snapshot: back to where the encounter is. */
function loaded(): void {
  const waiting = store.currentWait.value;
  if (!store.currentCall.value && waiting && route.value.at === 'home')
    go({ at: 'consultation', id: waiting.id });
}

function otherSide(one: Consultation): Side {
  return one.mine === 'expert' ? 'clinic' : 'expert';
}

function changed(before: Consultation | undefined,
  one: Consultation): void {
  if (one.mine !== 'clinic' && one.mine !== 'expert')
    return;
  const stateMoved = !before || before.state !== one.state;
  if (stateMoved && one.mine === 'clinic')
    clinicNews(before, one);
  /* What ended under one's eyes; a page just opened begins at home. */
  if (before && stateMoved && one.state === 'opinion_pending')
    go({ at: 'consultation', id: one.id });
  if (before && store.isCall(one.state)) {
    const was = before.sides[otherSide(before)];
    const is = one.sides[otherSide(one)];
    if (was.media !== 'connected' && is.media === 'connected')
      chime('joined');
    if (was.present && !is.present)
      chime('left');
    else if (was.media === 'connected' && is.media === 'lost')
      chime('bad');
  }
}

function clinicNews(before: Consultation | undefined,
  one: Consultation): void {
  const expert = one.expert ? named(one.expert.doctor.name) : '';
  if (before && store.isWaiting(before.state) && store.isCall(one.state)) {
    chime('joined');
    go({ at: 'consultation', id: one.id });
  } else if (one.state === 'signed' && before) {
    chime('joined');
    const at = route.value;
    if (at.at !== 'consultation' || at.id !== one.id)
      tell(t('notice.signed', { expert }), 'good');
  } else if (one.state === 'expired' || one.state === 'declined') {
    chime('bad');
  }
}

function gone(was: Consultation | undefined,
  params: Notifications['consultation.gone']): void {
  const clinic = was ? named(was.clinic.organisation.name) : '';
  const text = t(`gone.${params.reason}` as Key,
    { clinic, by: named(params.by) || t('gone.somebody') });
  departed.value = [{ id: params.consultation, text,
    at: store.serverNow() }].concat(departed.value)
    .slice(0, DEPARTED_AT_MOST);
  tell(text);
}
