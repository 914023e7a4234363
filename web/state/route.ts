// Where we are, in the fragment: a reload shows the same, and the server
// needs no routes of its own.
import { signal } from '@preact/signals';
import type { Urgency } from '../protocol/types';

export type Route =
  | { at: 'home' }
  | { at: 'request'; urgency: Urgency }
  | { at: 'devices'; then: 'back' | 'request' }
  | { at: 'consultation'; id: string }
  | { at: 'history' }
  | { at: 'settings' };

export function parseRoute(hash: string): Route {
  const [first = '', second = ''] = hash.replace(/^#?\/?/, '').split('/');
  switch (first) {
    case 'request':
      return { at: 'request',
        urgency: second === 'emergency' ? 'emergency' : 'routine' };
    case 'devices':
      return { at: 'devices', then: second === 'request' ? 'request' : 'back' };
    case 'c':
      return second ? { at: 'consultation', id: decodeURIComponent(second) }
        : { at: 'home' };
    case 'history':
      return { at: 'history' };
    case 'settings':
      return { at: 'settings' };
    default:
      return { at: 'home' };
  }
}

export function formatRoute(route: Route): string {
  switch (route.at) {
    case 'request':
      return route.urgency === 'emergency'
        ? '#/request/emergency' : '#/request';
    case 'devices':
      return route.then === 'request' ? '#/devices/request' : '#/devices';
    case 'consultation':
      return `#/c/${encodeURIComponent(route.id)}`;
    case 'home':
      return '#/';
    default:
      return `#/${route.at}`;
  }
}

export const route = signal<Route>({ at: 'home' });

export function go(to: Route): void {
  const hash = formatRoute(to);
  if (location.hash === hash)
    route.value = to;
  else
    location.hash = hash;
}

export function startRouting(): void {
  const follow = () => {
    route.value = parseRoute(location.hash);
    window.scrollTo(0, 0);
  };
  window.addEventListener('hashchange', follow);
  follow();
}
