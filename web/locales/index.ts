// Words of the page. Chinese is the source; English has every key.
import { signal } from '@preact/signals';
import i18next from 'i18next';
import type { Name } from '../protocol/types';
import { nameIn } from '../state/format';
import { rememberLanguage, rememberedLanguage } from '../state/settings';
import type { Language } from '../state/settings';
import { en } from './en';
import { zh } from './zh-CN';

export type Key = keyof typeof zh;
export type Words = Record<Key, string>;

export const language = signal<Language>(rememberedLanguage());

i18next.init({
  lng: language.value,
  fallbackLng: 'zh-CN',
  resources: { 'zh-CN': { translation: zh }, en: { translation: en } },
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  showSupportNotice: false,
  interpolation: { escapeValue: false },
});
show();

function show(): void {
  if (typeof document === 'undefined')
    return;
  document.documentElement.lang = language.value;
}

export function setLanguage(to: Language): void {
  i18next.changeLanguage(to);
  language.value = to;
  rememberLanguage(to);
  show();
}

/** Reading the language makes whoever renders follow it. */
export function t(key: Key, values?: Record<string, string | number>):
  string {
  return i18next.t(key, { lng: language.value, ...values });
}

export function named(name: Name | string | null | undefined): string {
  return nameIn(language.value, name);
}
