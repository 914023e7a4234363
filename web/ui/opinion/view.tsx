import { named, t } from '../../locales';
import type { Consultation, OpinionText } from '../../protocol/types';
import { fullMoment } from '../../state/format';
import { UrgencyBadge, organisationLine, patientLine } from '../common/words';
import './opinion.css';

interface Signature { by: string; at: number; hash: string }

/** The opinion as the clinic sees and prints it; before signing the same
 *  without the signature. */
export function OpinionView({ one, text, signature }: {
  one: Consultation; text: OpinionText; signature: Signature | null;
}) {
  const parts = [
    [t('opinion.findings'), text.findings],
    [t('opinion.diagnosis'), text.diagnosis],
    [t('opinion.advice'), text.advice],
    [t('opinion.follow-up'), text.follow_up],
  ] as const;
  return (
    <article class="opinion-view" data-testid="opinion-view">
      <h2>{t('opinion.paper-title')}</h2>
      <dl class="paper-head">
        <div><dt>{t('case.patient')}</dt><dd>{patientLine(one.patient)}</dd>
        </div>
        <div><dt>{t('case.from')}</dt>
          <dd>{organisationLine(one.clinic.organisation)}
            {' · '}{named(one.clinic.doctor.name)}</dd></div>
        {one.expert
          ? <div><dt>{t('opinion.expert')}</dt>
              <dd>{organisationLine(one.expert.organisation)}
                {one.expert.department
                  ? ` · ${named(one.expert.department.name)}` : ''}
                {' · '}{named(one.expert.doctor.name)}</dd></div> : null}
        <div><dt>{t('opinion.asked-at')}</dt>
          <dd>{fullMoment(one.requested_at)}{' '}
            <UrgencyBadge urgency={one.urgency} /></dd></div>
        <div class="whole"><dt>{t('case.complaint')}</dt>
          <dd class="text">{one.patient.complaint}</dd></div>
        {one.question
          ? <div class="whole"><dt>{t('case.question')}</dt>
              <dd class="text">{one.question}</dd></div> : null}
      </dl>
      {parts.map(([title, content]) => content.trim() ? (
        <section key={title}>
          <h3>{title}</h3>
          <p class="text">{content}</p>
        </section>) : null)}
      <p class="faint">{t('opinion.treating-decides')}</p>
      {signature
        ? <footer data-testid="signature">
            <p><strong>{t('opinion.signed-by', { name: signature.by,
              time: fullMoment(signature.at) })}</strong></p>
            {signature.hash
              ? <p class="faint hash">{t('opinion.hash')} {signature.hash}</p>
              : null}
          </footer> : null}
      {(one.supplements || []).map((extra, i) => (
        <section key={i} class="supplement" data-testid="supplement">
          <h3>{t('opinion.supplement')}</h3>
          <p class="text">{extra.text}</p>
          <p class="faint">{t('opinion.signed-by', { name: named(extra.by),
            time: fullMoment(extra.at) })}</p>
        </section>
      ))}
    </article>
  );
}

export function signatureOf(one: Consultation): Signature | null {
  const opinion = one.opinion;
  if (!opinion || !opinion.signed_at)
    return null;
  return { by: named(opinion.signed_by), at: opinion.signed_at,
    hash: opinion.hash || '' };
}
