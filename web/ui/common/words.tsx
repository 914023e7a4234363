// Small pieces in which a consultation is told everywhere.
import { language, named, t } from '../../locales';
import type { Key } from '../../locales';
import type {
  Consultation, Level, Organisation, Patient, Urgency,
} from '../../protocol/types';
import { moment } from '../../state/format';
import { serverNow } from '../../state/store';
import { Icon } from './icon';

export function UrgencyBadge({ urgency }: { urgency: Urgency }) {
  return (
    <span class={`badge ${urgency}`}>
      {urgency === 'emergency' ? <Icon name="alert" /> : null}
      {t(`urgency.${urgency}` as Key)}
    </span>
  );
}

export function patientLine(patient: Patient): string {
  return t('patient.line', {
    sex: t(`sex.${patient.sex}` as Key), age: patient.age });
}

export function levelWord(level: Level | undefined): string {
  return level ? t(`level.${level}` as Key) : '';
}

export function organisationLine(organisation: Organisation): string {
  const level = levelWord(organisation.level);
  return level ? `${named(organisation.name)} · ${level}`
    : named(organisation.name);
}

/** The state as this person should understand it. */
export function stateWord(one: Consultation): string {
  const side = one.mine === 'expert' ? 'expert' : 'clinic';
  if (one.state === 'opinion_pending' || one.state === 'signed')
    return t(`state.${one.state}.${side}` as Key);
  return t(`state.${one.state}` as Key);
}

export function when(at_ms: number): string {
  return moment(language.value, at_ms, serverNow());
}

/** Complaint, history, question: the case as the clinic sent it. */
export function CaseView({ one }: { one: Consultation }) {
  return (
    <dl class="case" data-testid="case-view">
      <div>
        <dt>{t('case.patient')}</dt>
        <dd>{patientLine(one.patient)}</dd>
      </div>
      <div>
        <dt>{t('case.from')}</dt>
        <dd>{organisationLine(one.clinic.organisation)}
          {' · '}{named(one.clinic.doctor.name)}</dd>
      </div>
      <div>
        <dt>{t('case.complaint')}</dt>
        <dd class="text">{one.patient.complaint}</dd>
      </div>
      {one.patient.summary ? (
        <div>
          <dt>{t('case.summary')}</dt>
          <dd class="text">{one.patient.summary}</dd>
        </div>) : null}
      {one.question ? (
        <div>
          <dt>{t('case.question')}</dt>
          <dd class="text">{one.question}</dd>
        </div>) : null}
    </dl>
  );
}

export function Empty({ testid, title, children }: {
  testid: string; title: string; children?: string | undefined;
}) {
  return (
    <div class="empty" data-testid={testid}>
      <p>{title}</p>
      {children ? <p class="faint">{children}</p> : null}
    </div>
  );
}

export function Loading({ text }: { text?: string }) {
  return (
    <p class="loading" role="status" data-testid="loading">
      <span class="spinner" aria-hidden="true" /> {text || t('common.loading')}
    </p>
  );
}
