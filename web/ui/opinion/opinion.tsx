// After the call, the expert: finish writing, read it once more as the
// clinic will, sign with the password.
import { useState } from 'preact/hooks';
import { t } from '../../locales';
import type { Consultation } from '../../protocol/types';
import { opinionOf } from '../../state/opinion';
import { command } from '../../state/session';
import { tell } from '../../state/notices';
import { person } from '../../state/store';
import { Button } from '../common/button';
import { ChatPanel } from '../common/chat';
import { Field, WhoseAccount } from '../common/field';
import { useAction, useFocus, useTitle } from '../common/hooks';
import { CaseView } from '../common/words';
import { OpinionForm } from './form';
import { OpinionView } from './view';
import './opinion.css';

export function OpinionScreen({ one }: { one: Consultation }) {
  const [checking, setChecking] = useState(false);
  useTitle(t('opinion.screen'));
  return checking
    ? <CheckAndSign one={one} onBack={() => setChecking(false)} />
    : <Write one={one} onNext={() => setChecking(true)} />;
}

function Write({ one, onNext }: { one: Consultation; onNext: () => void }) {
  const heading = useFocus<HTMLHeadingElement>();
  const [asked, setAsked] = useState(false);
  const text = opinionOf(one).text.value;
  const lacks = !text.diagnosis.trim() || !text.advice.trim();
  return (
    <div class="opinion-screen" data-testid="screen-opinion">
      <div class="opinion-main">
        <h1 tabIndex={-1} ref={heading}>{t('opinion.screen')}</h1>
        <p class="faint">{t('opinion.call-over')}</p>
        <div class="card"><OpinionForm one={one} /></div>
        {asked && lacks
          ? <p class="error-text" role="alert" data-testid="opinion-lacks">
              {t('opinion.lacks')}</p> : null}
        <div class="actions sticky">
          <Button testid="opinion-next" kind="primary" large
            onClick={() => lacks ? setAsked(true) : onNext()}>
            {t('opinion.next')}</Button>
        </div>
      </div>
      <aside class="opinion-side">
        <section class="card"><h2>{t('call.tab-case')}</h2>
          <CaseView one={one} /></section>
        <section class="card"><h2>{t('call.tab-chat')}</h2>
          <ChatPanel one={one} /></section>
      </aside>
    </div>
  );
}

function CheckAndSign({ one, onBack }: {
  one: Consultation; onBack: () => void;
}) {
  const [password, setPassword] = useState('');
  const heading = useFocus<HTMLHeadingElement>();
  const action = useAction();
  const draft = opinionOf(one);
  const sign = () => action.run(async () => {
    await command('opinion.sign', { consultation: one.id,
      ...draft.text.value, password });
    draft.finish();
    tell(t('opinion.signed-notice'), 'good');
  });
  return (
    <div class="narrow" data-testid="screen-sign">
      <h1 tabIndex={-1} ref={heading}>{t('sign.title')}</h1>
      <p>{t('sign.text')}</p>
      <div class="card paper">
        <OpinionView one={one} text={draft.text.value} signature={null} />
      </div>
      <form class="card" onSubmit={(event) => {
        event.preventDefault();
        sign();
      }}>
        <p><strong>{t('sign.immutable')}</strong></p>
        <WhoseAccount account={person.value!.account} />
        <Field id="sign-password" type="password" label={t('sign.password')}
          value={password} onInput={setPassword} required
          autocomplete="current-password" />
        {action.error
          ? <p class="error-text" role="alert" data-testid="sign-error">
              {action.error}</p> : null}
        <div class="actions">
          <Button testid="sign-back" onClick={onBack}>{t('sign.back')}
          </Button>
          <Button testid="sign-submit" type="submit" kind="primary" large
            busy={action.busy} disabled={!password}>{t('sign.submit')}
          </Button>
        </div>
      </form>
    </div>
  );
}
