// What this device remembers, whoever signs in.
import { effect, signal } from '@preact/signals';

export interface Devices {
  microphone: string; camera: string; speaker: string;
  /** The check was gone through once on this device. */
  checked: boolean;
  /** Joined by voice by choice. */
  voiceOnly: boolean;
}

export interface Sounds {
  ring: boolean; joined: boolean; left: boolean; bad: boolean;
}

const DEVICES_KEY = 'yl.devices';
const SOUNDS_KEY = 'yl.sounds';
const LANGUAGE_KEY = 'yl.language';

function read<T extends object>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key);
    return text ? { ...fallback, ...JSON.parse(text) } : fallback;
  } catch (_) {
    return fallback;
  }
}

/** False when the device's memory is full or forbidden. */
export function keep(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch (_) {
    return false;
  }
}

export const devices = signal<Devices>(read(DEVICES_KEY, {
  microphone: '', camera: '', speaker: '', checked: false, voiceOnly: false,
}));
export const sounds = signal<Sounds>(read(SOUNDS_KEY, {
  ring: true, joined: true, left: true, bad: true,
}));

effect(() => { keep(DEVICES_KEY, devices.value); });
effect(() => { keep(SOUNDS_KEY, sounds.value); });

export type Language = 'zh-CN' | 'en';

export function rememberedLanguage(): Language {
  const kept = read(LANGUAGE_KEY, { language: 'zh-CN' });
  return kept.language === 'en' ? 'en' : 'zh-CN';
}

export function rememberLanguage(language: Language): void {
  keep(LANGUAGE_KEY, { language });
}
