import { useState } from 'preact/hooks';
import { language, named, t } from '../../locales';
import type { Key } from '../../locales';
import { unlock } from '../../media/sounds';
import type { Climb, Consultation, Rung } from '../../protocol/types';
import { clock, wait } from '../../state/format';
import { go } from '../../state/route';
import { command } from '../../state/session';
import { departments, linkState, postsOf } from '../../state/store';
import { Button } from '../common/button';
import { Confirm } from '../common/confirm';
import { Choice, Field } from '../common/field';
import { now, useAction } from '../common/hooks';
import {
  CaseView, levelWord, patientLine, UrgencyBadge,
} from '../common/words';

type Asking = 'decline' | 'redirect' | null;

const REASONS = ['busy', 'other-field', 'needs-hospital', 'other'] as const;
type Reason = typeof REASONS[number];

export function IncomingCard({ one }: { one: Consultation }) {
  const [asking, setAsking] = useState<Asking>(null);
  const action = useAction();
  const post = postFor(one);
  const accept = () => {
    unlock();
    action.run(async () => {
      await command('consultation.accept',
        { consultation: one.id, post });
      go({ at: 'consultation', id: one.id });
    });
  };
  return (
    <article class={`card incoming ${one.urgency}`} data-testid="incoming"
      data-id={one.id} aria-label={t('desk.incoming-from',
        { clinic: named(one.clinic.organisation.name) })}>
      <header>
        <UrgencyBadge urgency={one.urgency} />
        <strong>{named(one.clinic.organisation.name)}</strong>
        <span class="faint">{levelWord(one.clinic.organisation.level)}
          {' · '}{named(one.clinic.doctor.name)}
          {' · '}{named(one.department.name)}</span>
        <span class="waited" data-testid="incoming-waited">
          {t('desk.waited', { wait: wait(language.value,
            now() - one.requested_at) })}</span>
      </header>
      <p class="complaint">{patientLine(one.patient)}：
        {one.patient.complaint}</p>
      <AlsoRung one={one} post={post} />
      <details>
        <summary>{t('desk.whole-case')}</summary>
        <CaseView one={one} />
      </details>
      {action.error
        ? <p class="error-text" role="alert">{action.error}</p> : null}
      <div class="actions">
        <Button testid="incoming-decline" onClick={() => setAsking('decline')}>
          {t('desk.decline')}</Button>
        <Button testid="incoming-redirect"
          onClick={() => setAsking('redirect')}>{t('desk.redirect')}</Button>
        <Button testid="incoming-accept" kind="primary" large icon="phone"
          busy={action.busy} disabled={linkState.value !== 'live'}
          onClick={accept}>{t('desk.accept')}</Button>
      </div>
      {asking === 'decline'
        ? <Decline one={one} post={post} onNo={() => setAsking(null)} />
        : null}
      {asking === 'redirect'
        ? <Redirect one={one} post={post} onNo={() => setAsking(null)} />
        : null}
    </article>
  );
}

function lastStep(one: Consultation): Climb | undefined {
  const steps = one.climb || [];
  return steps[steps.length - 1];
}

/** Through which of one's posts the telephone rings. */
export function postFor(one: Consultation): string {
  const posts = postsOf('expert').map((post) => post.id);
  const step = lastStep(one);
  const rung = step && step.rung.find((each) =>
    posts.indexOf(each.post) >= 0);
  return rung ? rung.post : posts[0] || '';
}

function AlsoRung({ one, post }: { one: Consultation; post: string }) {
  const step = lastStep(one);
  if (!step)
    return null;
  const others = step.rung.filter((rung: Rung) =>
    rung.post !== post && rung.state === 'ringing');
  const left_ms = step.deadline_at - now();
  return (
    <p class="faint" data-testid="also-rung">
      {t('desk.at-level', { level: levelWord(step.level) })}
      {' · '}
      {others.length === 0 ? t('desk.only-you')
        : t('desk.also-rung', { names: others
          .map((rung) => named(rung.name)).join('、') })}
      {step.ended_at === null && left_ms > 0
        ? ` · ${t('desk.climbs-in', { wait: clock(left_ms) })}` : ''}
    </p>
  );
}

interface AskProps { one: Consultation; post: string; onNo: () => void }

export function Decline({ one, post, onNo }: AskProps) {
  const [reason, setReason] = useState<Reason>('busy');
  const [words, setWords] = useState('');
  const action = useAction();
  const text = reason === 'other' ? words.trim()
    : t(`decline.${reason}` as Key);
  return (
    <Confirm testid="decline" title={t('decline.title')} onNo={onNo}
      yes={t('decline.yes')} busy={action.busy} error={action.error}
      onYes={() => {
        if (text)
          action.run(async () => {
            await command('consultation.decline',
              { consultation: one.id, post, reason: text });
            onNo();
          });
      }}>
      <Choice name="decline-reason" legend={t('decline.reason')}
        value={reason} onChoose={setReason}
        options={REASONS.map((value) => ({ value,
          label: t(`decline.${value}` as Key) }))} />
      {reason === 'other'
        ? <Field id="decline-words" label={t('decline.words')} value={words}
            maxLength={200} required onInput={setWords} /> : null}
    </Confirm>
  );
}

function Redirect({ one, post, onNo }: AskProps) {
  const [department, setDepartment] = useState('');
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const action = useAction();
  const others = departments.value
    .filter((each) => each.id !== one.department.id);
  const lacks = (missing: boolean) => asked && missing
    ? t('request.need') : undefined;
  return (
    <Confirm testid="redirect" title={t('redirect.title')} onNo={onNo}
      yes={t('redirect.yes')} busy={action.busy} error={action.error}
      onYes={() => {
        setAsked(true);
        if (department && reason.trim())
          action.run(async () => {
            await command('consultation.redirect', { consultation: one.id,
              post, department, reason: reason.trim() });
            onNo();
          });
      }}>
      <Choice name="redirect-department" legend={t('redirect.to')}
        value={department} onChoose={setDepartment}
        error={lacks(!department)}
        options={others.map((each) => ({ value: each.id,
          label: named(each.name) }))} />
      <Field id="redirect-reason" label={t('redirect.reason')} value={reason}
        maxLength={200} required error={lacks(!reason.trim())}
        onInput={setReason} />
    </Confirm>
  );
}
