// The line check of the corner: only what was really measured.
import { computed } from '@preact/signals';
import { linkState, roundTrip_ms } from '../../state/store';

export type LineState = 'good' | 'slow' | 'down';

const SLOW_MS = 700;

export const line = computed<LineState>(() => {
  if (linkState.value !== 'live')
    return 'down';
  return roundTrip_ms.value !== null && roundTrip_ms.value > SLOW_MS
    ? 'slow' : 'good';
});
