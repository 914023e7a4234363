// What the request form and the device check share.
import { signal } from '@preact/signals';
import { command } from '../../state/session';
import * as drafts from '../../state/drafts';
import type { RequestDraft } from '../../state/drafts';
import { go } from '../../state/route';
import { person, postsOf, serverNow } from '../../state/store';
import type { Consultation } from '../../protocol/types';

/** When the consent was read and ticked; not kept over a reload. */
export const consentAt = signal<number | null>(null);

export function tickConsent(read: boolean): void {
  consentAt.value = read ? serverNow() : null;
}

export type Missing = Partial<Record<keyof RequestDraft | 'consent', true>>;

export function missing(draft: RequestDraft, consent: boolean): Missing {
  const age = Number(draft.age);
  const out: Missing = {};
  if (!draft.department)
    out.department = true;
  if (!draft.sex)
    out.sex = true;
  if (!/^\d{1,3}$/.test(draft.age.trim()) || age > 130)
    out.age = true;
  if (!draft.complaint.trim())
    out.complaint = true;
  if (draft.urgency !== 'emergency' && !draft.question.trim())
    out.question = true;
  if (!consent)
    out.consent = true;
  return out;
}

/** Sends the draft; it is dropped only when the server has the request. */
export async function sendRequest(draft: RequestDraft): Promise<void> {
  const who = person.value!;
  const post = postsOf('clinic_doctor')[0]!;
  const made: Consultation = await command('consultation.request', {
    post: post.id,
    department: draft.department,
    urgency: draft.urgency,
    patient: {
      sex: draft.sex || 'other', age: Number(draft.age),
      complaint: draft.complaint.trim(), summary: draft.summary.trim(),
    },
    question: draft.question.trim(),
    consent: { read: true, doctor: who.name.zh || who.name.en,
      at: consentAt.value || serverNow() },
  });
  drafts.dropRequest(who.account);
  consentAt.value = null;
  go({ at: 'consultation', id: made.id });
}

/** Asks again with what was written before. */
export function askAgain(one: Consultation): void {
  drafts.keepRequest(person.value!.account, {
    department: one.department.id, urgency: one.urgency,
    sex: one.patient.sex, age: String(one.patient.age),
    complaint: one.patient.complaint, summary: one.patient.summary,
    question: one.question,
  });
  go({ at: 'request', urgency: one.urgency });
}
