import { useState } from 'preact/hooks';
import { language, named, setLanguage, t } from '../../locales';
import type { Key } from '../../locales';
import { tell } from '../../state/notices';
import { go } from '../../state/route';
import { call, signOut } from '../../state/session';
import { sounds } from '../../state/settings';
import type { Sounds } from '../../state/settings';
import { person, version } from '../../state/store';
import { chime, startRinging, stopRinging } from '../../media/sounds';
import { Button } from '../common/button';
import { Confirm } from '../common/confirm';
import { Choice, Field, Tick, WhoseAccount } from '../common/field';
import { useAction, useTitle } from '../common/hooks';

const SHORTEST = 8;
const LONGEST = 128;

export function SettingsScreen() {
  useTitle(t('nav.settings'));
  const who = person.value!;
  return (
    <div class="narrow" data-testid="screen-settings">
      <h1>{t('nav.settings')}</h1>
      <section class="card">
        <h2>{t('settings.me')}</h2>
        <p><strong>{named(who.name)}</strong>{' '}
          <span class="faint">{who.account}</span></p>
        <ul class="plain-list">
          {who.posts.map((post) => (
            <li key={post.id}>{t(`role.${post.role}` as Key)}
              {' · '}{named(post.organisation.name)}
              {post.department ? ` · ${named(post.department.name)}` : ''}
            </li>
          ))}
        </ul>
        <SignOut />
      </section>
      <section class="card">
        <Choice name="language" legend={t('settings.language')}
          value={language.value} onChoose={setLanguage}
          options={[{ value: 'zh-CN', label: '中文' },
            { value: 'en', label: 'English' }]} />
      </section>
      <SoundSettings />
      <section class="card">
        <h2>{t('devices.title')}</h2>
        <Button testid="settings-devices" icon="devices"
          onClick={() => go({ at: 'devices', then: 'back' })}>
          {t('home.devices')}</Button>
      </section>
      <Password />
      <p class="faint">{t('settings.version', { version: version.value })}
      </p>
    </div>
  );
}

const SOUNDS: (keyof Sounds)[] = ['ring', 'joined', 'left', 'bad'];

function SoundSettings() {
  const set = (which: keyof Sounds, on: boolean) => {
    sounds.value = { ...sounds.value, [which]: on };
    if (!on)
      return;
    if (which === 'ring') {
      startRinging();
      window.setTimeout(stopRinging, 1500);
    } else {
      chime(which);
    }
  };
  return (
    <section class="card">
      <h2>{t('settings.sounds')}</h2>
      {SOUNDS.map((which) => (
        <Tick key={which} id={`sound-${which}`} kind="switch"
          checked={sounds.value[which]} onChange={(on) => set(which, on)}>
          {t(`settings.sound-${which}` as Key)}</Tick>
      ))}
    </section>
  );
}

function Password() {
  const [before, setBefore] = useState('');
  const [after, setAfter] = useState('');
  const [again, setAgain] = useState('');
  const [wrong, setWrong] = useState('');
  const action = useAction();
  const submit = () => {
    const problem = after.length < SHORTEST || after.length > LONGEST
      ? t('settings.password-length')
      : after !== again ? t('settings.password-differs') : '';
    setWrong(problem);
    if (!problem)
      action.run(async () => {
        await call('session.password', { old: before, new: after });
        setBefore('');
        setAfter('');
        setAgain('');
        tell(t('settings.password-changed'), 'good');
      });
  };
  return (
    <form class="card" data-testid="password-form" onSubmit={(event) => {
      event.preventDefault();
      submit();
    }}>
      <h2>{t('settings.password')}</h2>
      <WhoseAccount account={person.value!.account} />
      <Field id="password-old" type="password" value={before}
        label={t('settings.password-old')} onInput={setBefore}
        autocomplete="current-password" />
      <Field id="password-new" type="password" value={after}
        label={t('settings.password-new')} onInput={setAfter}
        hint={t('settings.password-length')} autocomplete="new-password" />
      <Field id="password-again" type="password" value={again}
        label={t('settings.password-again')} onInput={setAgain}
        autocomplete="new-password" />
      {wrong || action.error
        ? <p class="error-text" role="alert" data-testid="password-error">
            {wrong || action.error}</p> : null}
      <Button testid="password-submit" type="submit" busy={action.busy}
        disabled={!before || !after || !again}>
        {t('settings.password-submit')}</Button>
    </form>
  );
}

function SignOut() {
  const [asking, setAsking] = useState(false);
  const action = useAction();
  return (
    <>
      <Button testid="sign-out" onClick={() => setAsking(true)}>
        {t('settings.sign-out')}</Button>
      {asking
        ? <Confirm testid="sign-out-confirm" title={t('settings.sign-out-ask')}
            yes={t('settings.sign-out')} onNo={() => setAsking(false)}
            busy={action.busy} error={action.error}
            onYes={() => action.run(signOut)}>
            <p>{t('settings.sign-out-text')}</p>
          </Confirm> : null}
    </>
  );
}
