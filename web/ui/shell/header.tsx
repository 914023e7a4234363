import { useState } from 'preact/hooks';
import { language, named, setLanguage, t } from '../../locales';
import type { Key } from '../../locales';
import { go, route } from '../../state/route';
import type { Route } from '../../state/route';
import { person, ringing } from '../../state/store';
import { Icon } from '../common/icon';
import type { IconName } from '../common/icon';
import { line } from './line';
import { hasBoth, role, wear } from './role';

export function Header() {
  const who = person.value;
  const post = who && who.posts.find((one) => one.role === role.value)
    || (who && who.posts[0]);
  return (
    <header class="header">
      <a class="brand" href="#/" data-testid="nav-brand">
        <span class="mark" aria-hidden="true" />{t('app.name')}
      </a>
      <div class="whoami" data-testid="whoami">
        <strong>{who ? named(who.name) : ''}</strong>
        <span class="faint">{post ? named(post.organisation.name) : ''}</span>
      </div>
      {hasBoth.value ? <HatSwitch /> : null}
      <LineCheck />
      <LanguageSwitch />
    </header>
  );
}

function HatSwitch() {
  const next = role.value === 'expert' ? 'clinic_doctor' : 'expert';
  return (
    <button type="button" class="button quiet" data-testid="role-switch"
      onClick={() => { wear(next); go({ at: 'home' }); }}>
      {t(`role.to-${next}` as Key)}
    </button>
  );
}

export function LanguageSwitch() {
  const next = language.value === 'en' ? 'zh-CN' : 'en';
  return (
    <button type="button" class="button quiet language" lang={next}
      data-testid="language-switch" onClick={() => setLanguage(next)}>
      {next === 'en' ? 'English' : '中文'}
    </button>
  );
}

function LineCheck() {
  const [open, setOpen] = useState(false);
  const state = line.value;
  return (
    <div class="line-check">
      <button type="button" class={`button quiet line ${state}`}
        aria-expanded={open} data-testid="line-check"
        data-line={state} onClick={() => setOpen(!open)}>
        <span class="bars" aria-hidden="true"><i /><i /><i /></span>
        {t(`line.${state}` as Key)}
      </button>
      {open
        ? <p class="popover" role="status" data-testid="line-explained">
            {t(`line.${state}-why` as Key)}
          </p> : null}
    </div>
  );
}

const PLACES: { to: Route; icon: IconName; key: Key }[] = [
  { to: { at: 'home' }, icon: 'home', key: 'nav.home' },
  { to: { at: 'history' }, icon: 'history', key: 'nav.history' },
  { to: { at: 'settings' }, icon: 'settings', key: 'nav.settings' },
];

export function Navigation() {
  return (
    <nav class="navigation" aria-label={t('nav.label')}>
      {PLACES.map(({ to, icon, key }) => (
        <button type="button" key={key} data-testid={`nav-${to.at}`}
          aria-current={route.value.at === to.at ? 'page' : undefined}
          onClick={() => go(to)}>
          <Icon name={icon} />
          {to.at === 'home' && role.value === 'expert'
            ? t('nav.desk') : t(key)}
          {to.at === 'home' && ringing.value.length > 0
            ? <span class="count">{ringing.value.length}</span> : null}
        </button>
      ))}
    </nav>
  );
}
