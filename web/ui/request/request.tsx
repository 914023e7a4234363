import { useEffect, useRef, useState } from 'preact/hooks';
import { named, t } from '../../locales';
import type { Urgency } from '../../protocol/types';
import { keepRequest, readRequest } from '../../state/drafts';
import type { RequestDraft } from '../../state/drafts';
import { fullMoment } from '../../state/format';
import { go } from '../../state/route';
import { devices } from '../../state/settings';
import { departments, onDuty, person } from '../../state/store';
import { Button } from '../common/button';
import { Choice, Field, Tick } from '../common/field';
import { useAction, useTitle } from '../common/hooks';
import {
  consentAt, missing, sendRequest, tickConsent,
} from '../common/request';
import { Empty } from '../common/words';
import './request.css';

const URGENCIES: Urgency[] = ['routine', 'urgent', 'emergency'];
const SEXES = ['female', 'male', 'other'] as const;

export function RequestScreen({ urgency }: { urgency: Urgency }) {
  const account = person.value!.account;
  const [draft, setDraft] = useState<RequestDraft>(() => firstDraft(account,
    urgency));
  const [asked, setAsked] = useState(false);
  const [kept, setKept] = useState(true);
  const action = useAction();
  const form = useRef<HTMLFormElement>(null);
  const emergency = draft.urgency === 'emergency';
  const lacks = asked ? missing(draft, consentAt.value !== null) : {};
  useTitle(t('request.title'));
  useEffect(() => { setKept(keepRequest(account, draft)); }, [draft]);

  const set = (part: Partial<RequestDraft>) =>
    setDraft((before) => ({ ...before, ...part }));
  const submit = () => {
    setAsked(true);
    if (Object.keys(missing(draft, consentAt.value !== null)).length > 0) {
      window.setTimeout(() => focusFirstWrong(form.current), 0);
      return;
    }
    if (!devices.value.checked && !emergency)
      go({ at: 'devices', then: 'request' });
    else
      action.run(() => sendRequest(draft));
  };
  const must = (lack: true | undefined, key: 'request.need'
    | 'request.need-age' | 'request.need-choice' | 'request.need-consent') =>
    lack ? t(key) : undefined;

  if (departments.value.length === 0)
    return <Empty testid="request-none" title={t('request.no-department')}>
      {t('request.no-department-hint')}</Empty>;
  return (
    <form class="narrow request" ref={form} noValidate
      data-testid="screen-request"
      onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <h1>{emergency ? t('request.emergency-title') : t('request.title')}</h1>
      {emergency ? <p class="banner bad">{t('request.emergency-hint')}</p>
        : null}
      <section class="card">
        <Choice name="urgency" legend={t('request.urgency')}
          value={draft.urgency}
          options={URGENCIES.map((value) => ({ value,
            label: t(`urgency.${value}`) }))}
          onChoose={(value) => set({ urgency: value })} />
        <Choice name="department" legend={t('request.department')}
          value={draft.department}
          error={must(lacks.department, 'request.need-choice')}
          options={departments.value.map((one) => ({ value: one.id,
            label: named(one.name), note: dutyNote(one.id) }))}
          onChoose={(value) => set({ department: value })} />
      </section>
      <section class="card">
        <h2>{t('request.patient')}</h2>
        <div class="pair">
          <Choice name="sex" legend={t('request.sex')} value={draft.sex}
            error={must(lacks.sex, 'request.need-choice')}
            options={SEXES.map((value) => ({ value,
              label: t(`sex.${value}`) }))}
            onChoose={(value) => set({ sex: value })} />
          <Field id="age" label={t('request.age')} value={draft.age}
            type="number" maxLength={3} suffix={t('request.age-unit')}
            error={must(lacks.age, 'request.need-age')}
            onInput={(age) => set({ age })} />
        </div>
        <Field id="complaint" label={t('request.complaint')}
          hint={t('request.complaint-hint')} value={draft.complaint}
          rows={2} maxLength={500}
          error={must(lacks.complaint, 'request.need')}
          onInput={(complaint) => set({ complaint })} />
        <Field id="summary" label={t('request.summary')} optional
          hint={t('request.summary-hint')} value={draft.summary}
          rows={emergency ? 2 : 4} maxLength={4000}
          onInput={(summary) => set({ summary })} />
        <Field id="question" label={t('request.question')}
          hint={t('request.question-hint')} value={draft.question}
          rows={2} maxLength={2000} optional={emergency}
          error={must(lacks.question, 'request.need')}
          onInput={(question) => set({ question })} />
      </section>
      <Consent error={must(lacks.consent, 'request.need-consent')} />
      <p class="faint" role="status" data-testid="draft-state">
        {kept ? t('request.kept') : t('request.not-kept')}
      </p>
      {action.error
        ? <p class="error-text" role="alert" data-testid="request-error">
            {action.error} {t('request.error-kept')}</p> : null}
      <div class="actions sticky">
        <Button testid="request-back" onClick={() => go({ at: 'home' })}>
          {t('common.back')}
        </Button>
        <Button testid="request-submit" type="submit" large busy={action.busy}
          kind={emergency ? 'danger' : 'primary'}>
          {devices.value.checked || emergency ? t('request.call')
            : t('request.next-devices')}
        </Button>
      </div>
    </form>
  );
}

function firstDraft(account: string, urgency: Urgency): RequestDraft {
  const kept = readRequest(account);
  const only = departments.value.length === 1 ? departments.value[0]!.id : '';
  const known = departments.value.some((one) => one.id === kept.department);
  return { ...kept,
    department: known ? kept.department : only,
    urgency: urgency === 'emergency' ? 'emergency'
      : kept.urgency === 'emergency' ? 'routine' : kept.urgency };
}

function dutyNote(department: string): string {
  const count = onDuty.value
    .filter((one) => one.department.id === department).length;
  return count > 0 ? t('request.on-duty', { number: count })
    : t('request.none-on-duty');
}

function focusFirstWrong(form: HTMLFormElement | null): void {
  const wrong = form && form.querySelector<HTMLElement>(
    '.wrong input, .wrong textarea');
  if (wrong)
    wrong.focus();
}

function Consent({ error }: { error: string | undefined }) {
  const at = consentAt.value;
  return (
    <section class={`card consent${error ? ' wrong' : ''}`}>
      <h2>{t('consent.title')}</h2>
      <blockquote>{t('consent.text')}</blockquote>
      <Tick id="consent" checked={at !== null} onChange={tickConsent}>
        {t('consent.tick')}
      </Tick>
      {at !== null
        ? <p class="faint" data-testid="consent-by">
            {t('consent.by', { name: named(person.value!.name),
              time: fullMoment(at) })}</p> : null}
      {error ? <p class="error-text">{error}</p> : null}
    </section>
  );
}
