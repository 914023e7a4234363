// After the call: the clinic waits for, reads and acknowledges the
// opinion; the expert reads and supplements; both find it in the history.
import { useState } from 'preact/hooks';
import { named, t } from '../../locales';
import type { Key } from '../../locales';
import type { Consultation } from '../../protocol/types';
import { fullMoment } from '../../state/format';
import { tell } from '../../state/notices';
import { go } from '../../state/route';
import { command } from '../../state/session';
import { person } from '../../state/store';
import { Button } from '../common/button';
import { ChatPanel } from '../common/chat';
import { Field, WhoseAccount } from '../common/field';
import { useAction, useFocus, useTitle } from '../common/hooks';
import { askAgain } from '../common/request';
import { CaseView, stateWord, UrgencyBadge } from '../common/words';
import { OpinionView, signatureOf } from '../opinion/view';
import './result.css';

export function ResultScreen({ one }: { one: Consultation }) {
  const heading = useFocus<HTMLHeadingElement>();
  const signature = signatureOf(one);
  useTitle(stateWord(one));
  return (
    <div class="result narrow" data-testid="screen-result"
      data-state={one.state}>
      <h1 tabIndex={-1} ref={heading}>{stateWord(one)}</h1>
      {one.opinion && signature
        ? <div class="card paper">
            <OpinionView one={one} text={one.opinion}
              signature={signature} />
            {one.acknowledged_at
              ? <p data-testid="acknowledged">{t('result.acknowledged', {
                  name: named(one.acknowledged_by),
                  time: fullMoment(one.acknowledged_at) })}</p> : null}
          </div>
        : <Unsigned one={one} />}
      <NextStep one={one} />
      {one.mine === 'expert' && signature ? <Supplement one={one} /> : null}
      <div class="result-more no-print">
        {one.chat && one.chat.length > 0 || one.state === 'opinion_pending'
          ? <section class="card"><h2>{t('call.tab-chat')}</h2>
              <ChatPanel one={one} /></section> : null}
        {signature
          ? <section class="card"><h2>{t('call.tab-case')}</h2>
              <CaseView one={one} /></section> : null}
      </div>
    </div>
  );
}

function Unsigned({ one }: { one: Consultation }) {
  const known: Consultation['state'][] = ['opinion_pending', 'declined',
    'cancelled', 'expired', 'closed'];
  const key = one.reason === 'nobody_on_duty' ? 'result.nobody-on-duty'
    : known.indexOf(one.state) >= 0 ? `result.${one.state}` as Key : null;
  return (
    <section class="card" data-testid="result-unsigned">
      <p><UrgencyBadge urgency={one.urgency} /> {named(one.department.name)}
      </p>
      {key
        ? <p>{t(key, { expert: one.expert ? named(one.expert.doctor.name)
            : t('call.the-expert') })}</p> : null}
      {one.reason && one.state !== 'expired'
        ? <p>{t('result.reason', { reason: one.reason })}</p> : null}
      <CaseView one={one} />
    </section>
  );
}

function NextStep({ one }: { one: Consultation }) {
  const action = useAction();
  const clinic = one.mine === 'clinic';
  const failed = one.state === 'declined' || one.state === 'expired'
    || one.state === 'cancelled';
  return (
    <>
      {action.error
        ? <p class="error-text" role="alert">{action.error}</p> : null}
      <div class="actions no-print">
        <Button testid="result-home" onClick={() => go({ at: 'home' })}>
          {t('common.home')}</Button>
        {signatureOf(one)
          ? <Button testid="result-print" icon="print"
              onClick={() => window.print()}>{t('result.print')}</Button>
          : null}
        {clinic && failed
          ? <Button testid="result-again" kind="primary" large
              onClick={() => askAgain(one)}>{t('result.again')}</Button>
          : null}
        {clinic && one.state === 'signed'
          ? <Button testid="acknowledge" kind="primary" large icon="check"
              busy={action.busy} onClick={() => action.run(async () => {
                await command('opinion.acknowledge',
                  { consultation: one.id });
                tell(t('result.acknowledged-notice'), 'good');
              })}>{t('result.acknowledge')}</Button> : null}
      </div>
    </>
  );
}

/** What was signed stays; later insight is added beneath, signed too. */
function Supplement({ one }: { one: Consultation }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction();
  if (!open)
    return (
      <p class="no-print">
        <Button testid="supplement-open" onClick={() => setOpen(true)}>
          {t('supplement.open')}</Button>
      </p>
    );
  return (
    <form class="card no-print" data-testid="supplement-form"
      onSubmit={(event) => {
        event.preventDefault();
        action.run(async () => {
          await command('opinion.supplement',
            { consultation: one.id, text: text.trim(), password });
          setText('');
          setPassword('');
          setOpen(false);
        });
      }}>
      <h2>{t('supplement.open')}</h2>
      <Field id="supplement-text" label={t('supplement.text')} rows={3}
        value={text} maxLength={8000} onInput={setText} />
      <WhoseAccount account={person.value!.account} />
      <Field id="supplement-password" type="password" value={password}
        label={t('sign.password')} onInput={setPassword}
        autocomplete="current-password" />
      {action.error
        ? <p class="error-text" role="alert">{action.error}</p> : null}
      <div class="actions">
        <Button testid="supplement-cancel" onClick={() => setOpen(false)}>
          {t('common.back')}</Button>
        <Button testid="supplement-submit" type="submit" kind="primary"
          busy={action.busy} disabled={!text.trim() || !password}>
          {t('supplement.submit')}</Button>
      </div>
    </form>
  );
}
