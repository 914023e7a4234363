import { useEffect, useState } from 'preact/hooks';
import { language, t } from '../../locales';
import { askDemo, signIn } from '../../state/session';
import { demo } from '../../state/store';
import { Button } from '../common/button';
import { Field } from '../common/field';
import { useAction, useTitle } from '../common/hooks';
import { LanguageSwitch } from '../shell/header';

const DEMO_ACCOUNTS = ['clinic', 'expert'] as const;
const DEMO_PASSWORD = 'demo';

export function SignIn() {
  const [account, setAccount] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction();
  useTitle(t('app.title'));
  useEffect(() => {
    askDemo();
    const first = document.getElementById('account');
    if (first)
      first.focus();
  }, []);
  const submit = (name: string, secret: string) => action.run(async () => {
    await signIn(name.trim(), secret, language.value);
  });
  return (
    <section class="signin" data-testid="screen-signin">
      <div class="signin-top">
        <p class="brand"><span class="mark" aria-hidden="true" />
          {t('app.name')}</p>
        <LanguageSwitch />
      </div>
      <h1>{t('signin.title')}</h1>
      <p class="faint">{t('app.tagline')}</p>
      <form class="card" onSubmit={(event) => {
        event.preventDefault();
        /* What the browser filled in by itself was not always told. */
        const given = new FormData(event.currentTarget);
        submit(String(given.get('account')), String(given.get('password')));
      }}>
        <Field id="account" label={t('signin.account')} value={account}
          onInput={setAccount} autocomplete="username" required />
        <Field id="password" label={t('signin.password')} type="password"
          value={password} onInput={setPassword} required
          autocomplete="current-password" />
        {action.error
          ? <p class="error-text" role="alert" data-testid="signin-error">
              {action.error}</p> : null}
        <Button testid="signin-submit" type="submit" kind="primary" large
          busy={action.busy}>
          {t('signin.submit')}
        </Button>
        <p class="faint">{t('signin.forgotten')}</p>
      </form>
      {demo.value ? (
        <div class="card demo" data-testid="signin-demo">
          <h2>{t('signin.demo')}</h2>
          <p class="faint">{t('signin.demo-text')}</p>
          <div class="actions">
            {DEMO_ACCOUNTS.map((name) => (
              <Button key={name} testid={`signin-demo-${name}`}
                busy={action.busy}
                onClick={() => submit(name, DEMO_PASSWORD)}>
                {t(`signin.demo-${name}` as const)}
              </Button>
            ))}
          </div>
        </div>) : null}
    </section>
  );
}
