// The one strip of messages: the newest few, spoken politely.
import { signal } from '@preact/signals';

export interface Notice {
  id: number; tone: 'info' | 'good' | 'bad'; text: string;
}

const SHOWN_AT_MOST = 3;
const INFO_MS = 8000;

export const notices = signal<Notice[]>([]);
let lastId = 0;

export function dismiss(id: number): void {
  notices.value = notices.value.filter((one) => one.id !== id);
}

/** What goes wrong stays until it is dismissed. */
export function tell(text: string, tone: Notice['tone'] = 'info'): void {
  lastId += 1;
  const id = lastId;
  notices.value = notices.value.filter((one) => one.text !== text)
    .concat({ id, tone, text }).slice(-SHOWN_AT_MOST);
  if (tone !== 'bad')
    window.setTimeout(() => dismiss(id), INFO_MS);
}
