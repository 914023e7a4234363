// Whoever is both a clinic's doctor and an expert chooses the hat.
import { computed, signal } from '@preact/signals';
import { person, postsOf } from '../../state/store';

const KEY = 'yl.role';
type Hat = 'clinic_doctor' | 'expert';

const chosen = signal<Hat>(
  sessionStorage.getItem(KEY) === 'expert' ? 'expert' : 'clinic_doctor');

export const hasBoth = computed(() => person.value !== null
  && postsOf('clinic_doctor').length > 0 && postsOf('expert').length > 0);

export const role = computed<Hat | 'other'>(() => {
  if (hasBoth.value)
    return chosen.value;
  if (postsOf('clinic_doctor').length > 0)
    return 'clinic_doctor';
  return postsOf('expert').length > 0 ? 'expert' : 'other';
});

export function wear(hat: Hat): void {
  chosen.value = hat;
  sessionStorage.setItem(KEY, hat);
}
