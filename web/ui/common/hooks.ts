import { signal } from '@preact/signals';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { pageTitle } from '../../state/reactions';
import { serverNow } from '../../state/store';
import { errorText } from './errors';

const tick = signal(serverNow());
window.setInterval(() => { tick.value = serverNow(); }, 1000);

/** The server's time, following each second whoever reads it. */
export function now(): number {
  return Math.max(tick.value, 0);
}

export interface Action {
  busy: boolean;
  error: string;
  run: (work: () => Promise<unknown>) => void;
  clear: () => void;
}

/** One thing at a time, its failure in words. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const gone = useRef(false);
  const running = useRef(false);
  useEffect(() => () => { gone.current = true; }, []);
  const run = useCallback((work: () => Promise<unknown>) => {
    if (running.current)
      return;
    running.current = true;
    setBusy(true);
    setError('');
    work().catch((failure: unknown) => {
      if (!gone.current)
        setError(errorText(failure));
    }).then(() => {
      running.current = false;
      if (!gone.current)
        setBusy(false);
    });
  }, []);
  return { busy, error, run, clear: () => setError('') };
}

/** A new screen begins at its top, with the focus on its heading. */
export function useFocus<T extends HTMLElement>() {
  const target = useRef<T>(null);
  useEffect(() => {
    window.scrollTo(0, 0);
    if (target.current)
      target.current.focus({ preventScroll: true });
  }, []);
  return target;
}

/** A phone on the table must not go dark in mid consultation. */
export function useAwake(): void {
  useEffect(() => {
    if (!('wakeLock' in navigator))
      return undefined;
    let lock: WakeLockSentinel | null = null;
    let gone = false;
    const hold = () => {
      if (!document.hidden)
        navigator.wakeLock.request('screen').then((held) => {
          lock = held;
          if (gone)
            held.release().catch(() => undefined);
        }).catch(() => undefined);
    };
    hold();
    document.addEventListener('visibilitychange', hold);
    return () => {
      gone = true;
      document.removeEventListener('visibilitychange', hold);
      if (lock)
        lock.release().catch(() => undefined);
    };
  }, []);
}

export function useTitle(title: string): void {
  useEffect(() => { pageTitle.value = title; }, [title]);
}
