// Times, waits and names as a person reads them.
import type { Name } from '../protocol/types';
import type { Language } from './settings';

export function nameIn(language: Language, name: Name | string | null |
  undefined): string {
  if (!name)
    return '';
  if (typeof name === 'string')
    return name;
  return language === 'en' ? name.en || name.zh : name.zh || name.en;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** 65000 → "01:05", from an hour on "1:01:05". */
export function clock(span_ms: number): string {
  const seconds = Math.max(0, Math.floor(span_ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const rest = `${two(minutes % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** How long somebody has waited, in words that need no counting. */
export function wait(language: Language, span_ms: number): string {
  const seconds = Math.max(0, Math.floor(span_ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const zh = language !== 'en';
  if (hours > 0)
    return zh ? `${hours} 小时 ${minutes % 60} 分`
      : `${hours} h ${minutes % 60} min`;
  if (minutes > 0 && seconds % 60 === 0)
    return zh ? `${minutes} 分钟` : `${minutes} min`;
  if (minutes > 0)
    return zh ? `${minutes} 分 ${seconds % 60} 秒`
      : `${minutes} min ${seconds % 60} s`;
  return zh ? `${seconds} 秒` : `${seconds} s`;
}

/** Date and time; without the year when it is this one. */
export function moment(language: Language, at_ms: number,
  now_ms: number): string {
  const at = new Date(at_ms);
  const now = new Date(now_ms);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const sameYear = at.getFullYear() === now.getFullYear();
  if (sameYear && at.getMonth() === now.getMonth()
      && at.getDate() === now.getDate())
    return language === 'en' ? `today ${time}` : `今天 ${time}`;
  if (language === 'en')
    return `${sameYear ? '' : `${at.getFullYear()}-`}`
      + `${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
  return `${sameYear ? '' : `${at.getFullYear()}年`}`
    + `${at.getMonth() + 1}月${at.getDate()}日 ${time}`;
}

/** In full, for what is signed and printed. */
export function fullMoment(at_ms: number): string {
  const at = new Date(at_ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
    + ` ${two(at.getHours())}:${two(at.getMinutes())}`;
}
