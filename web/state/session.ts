// Signing in and out, and what the server tells without being asked.
import { batch } from '@preact/signals';
import { browserWorld } from '../protocol/browser-world';
import { newId } from '../protocol/id';
import { isError, RpcError } from '../protocol/errors';
import { Link } from '../protocol/link';
import type { LinkState } from '../protocol/link';
import { post } from '../protocol/post';
import type {
  Consultation, Home, Method, NotificationName, Notifications, Params, Result,
} from '../protocol/types';
import * as drafts from './drafts';
import * as store from './store';

let lastAccount = '';

type Changed = (before: Consultation | undefined, now: Consultation) => void;
type Gone = (was: Consultation | undefined,
  params: Notifications['consultation.gone']) => void;

const reactions: { changed: Changed; gone: Gone; loaded: () => void } = {
  changed: () => undefined, gone: () => undefined, loaded: () => undefined,
};

/** What the page does about news, beside showing it. */
export function react(to: typeof reactions): void {
  Object.assign(reactions, to);
}

const link = new Link(browserWorld, {
  state: linkMoved, notification: notified,
  roundTrip: (rtt_ms) => { store.roundTrip_ms.value = rtt_ms; },
});

export function call<M extends Method>(method: M, params: Params<M>):
  Promise<Result<M>> {
  return link.call(method, params);
}

type WithCommand = { [M in Method]:
  Params<M> extends { command: string } ? M : never }[Method];

/** A command with an id of its own; a view that comes back is shown. */
export async function command<M extends WithCommand>(method: M,
  params: Omit<Params<M>, 'command'>): Promise<Result<M>> {
  const result = await link.call(method,
    { ...params, command: newId() } as Params<M>);
  const view = result as unknown as Partial<Consultation>;
  if (view && view.id && view.state)
    store.applyConsultation(view as Consultation);
  return result;
}

export function start(): void {
  window.addEventListener('online', () => link.hurry());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden)
      link.hurry();
  });
  link.open();
}

/** Whether this is a demonstration, which the sign-in page may say. */
export async function askDemo(): Promise<void> {
  try {
    const who = await post('session.get', {});
    store.demo.value = who.demo;
  } catch (error) {
    if (error instanceof RpcError && error.data.demo)
      store.demo.value = true;
  }
}

export async function signIn(account: string, password: string,
  locale: string): Promise<void> {
  const who = await post('session.open', { account, password, locale });
  /* Somebody else's page is not the place to begin. */
  if (lastAccount && lastAccount !== who.account)
    location.hash = '#/';
  lastAccount = who.account;
  batch(() => {
    store.person.value = who;
    store.demo.value = who.demo;
  });
  store.setServerTime(who.server_time);
  link.open();
}

export async function signOut(): Promise<void> {
  const who = store.person.value;
  await post('session.close', {}).catch((error) => {
    if (!isError(error, 'not-signed-in'))
      throw error;
  });
  if (who)
    drafts.dropAll(who.account);
  link.close();
  store.forgetAll();
  location.hash = '#/';
  store.linkState.value = 'signed-out';
}

/** Takes the seat back, or tries the lost line at once. */
export function reconnect(): void {
  if (link.state === 'taken')
    link.open();
  else
    link.hurry();
}

function linkMoved(state: LinkState): void {
  if (state === 'signed-out')
    store.forgetAll();
  store.linkState.value = state;
}

async function loadHome(): Promise<void> {
  let home: Home;
  try {
    home = await call('home.get', {});
  } catch (_) {
    return; /* the next hello asks again */
  }
  store.setServerTime(home.server_time);
  const first = !store.loaded.value;
  const before = store.consultations.value;
  batch(() => {
    store.person.value = home.person;
    lastAccount = home.person.account;
    store.onDuty.value = home.on_duty;
    store.departments.value = home.departments;
    store.replaceOpen(home.consultations);
    store.loaded.value = true;
  });
  if (first)
    reactions.loaded();
  else
    missed(before);
}

/** What changed or left while the line was down. */
function missed(before: ReadonlyMap<string, Consultation>): void {
  const now = store.consultations.value;
  now.forEach((view, id) => {
    const was = before.get(id);
    if (was !== view)
      reactions.changed(was, view);
  });
  before.forEach((was, id) => {
    if (!now.has(id) && (was.mine === 'clinic' || was.mine === 'expert'))
      refresh(id);
  });
}

/** One consultation, open or not, as it is now. */
export async function refresh(id: string): Promise<void> {
  store.applyConsultation(await call('consultation.get',
    { consultation: id }));
}

function notified<N extends NotificationName>(name: N,
  given: Notifications[N]): void {
  const handler = handlers[name] as
    ((params: Notifications[N]) => void) | undefined;
  if (handler)
    handler(given);
}

const handlers: {
  [N in NotificationName]?: (params: Notifications[N]) => void;
} = {
  'hello': (params) => {
    store.setServerTime(params.server_time);
    batch(() => {
      store.epoch.value = params.epoch;
      store.version.value = params.version;
      store.demo.value = params.demo;
      store.restartAt.value = null;
    });
    loadHome();
  },
  'consultation.changed': ({ consultation }) => {
    const before = store.consultations.value.get(consultation.id);
    if (!store.isNewer(before, consultation))
      return;
    store.applyConsultation(consultation);
    reactions.changed(before, consultation);
  },
  'consultation.gone': (params) => {
    const was = store.consultations.value.get(params.consultation);
    store.forgetConsultation(params.consultation);
    reactions.gone(was, params);
  },
  'duty.changed': ({ on_duty, posts }) => batch(() => {
    store.onDuty.value = on_duty;
    const who = store.person.value;
    if (who)
      store.person.value = { ...who, posts };
  }),
  'server.draining': ({ in_ms }) => {
    store.restartAt.value = store.serverNow() + in_ms;
  },
};
