// The expert's desk: on duty or not, who calls, what is unfinished.
import { named, t } from '../../locales';
import { startRinging, stopRinging, unlock, unlocked } from
  '../../media/sounds';
import type { Post } from '../../protocol/types';
import { departed } from '../../state/reactions';
import { go } from '../../state/route';
import { command } from '../../state/session';
import { sounds } from '../../state/settings';
import {
  isOnDuty, linkState, onDuty, open, person, postsOf, ringing,
} from '../../state/store';
import { Button } from '../common/button';
import { Tick } from '../common/field';
import { useAction, useTitle } from '../common/hooks';
import { Empty, when } from '../common/words';
import { OnDutyList, OpenCard } from '../home/home';
import { IncomingCard } from './incoming';
import './desk.css';

export function DesksScreen() {
  useTitle(t('desk.title'));
  const mine = open.value.filter((one) => one.mine === 'expert');
  return (
    <div class="desk" data-testid="screen-desk">
      <section class="desk-main">
        <h1>{t('desk.hello', { name: named(person.value!.name) })}</h1>
        {postsOf('expert').map((post) => <Duty key={post.id} post={post} />)}
        {isOnDuty.value ? <SoundState /> : null}
        <h2>{t('desk.incoming')}</h2>
        <div aria-live="assertive">
          {ringing.value.length === 0
            ? <Empty testid="desk-empty" title={t('desk.none')}>
                {isOnDuty.value ? t('desk.none-on-duty')
                  : t('desk.none-off-duty')}
              </Empty>
            : ringing.value.map((one) => (
                <IncomingCard key={one.id} one={one} />
              ))}
        </div>
        <Departed />
      </section>
      <aside class="desk-side">
        <section aria-labelledby="desk-open">
          <h2 id="desk-open">{t('desk.open')}</h2>
          {mine.length === 0
            ? <Empty testid="desk-open-empty" title={t('desk.open-none')} />
            : <ul class="list" data-testid="desk-open">
                {mine.map((one) => <OpenCard key={one.id} one={one} />)}
              </ul>}
        </section>
        {onDuty.value.length > 0 ? <OnDutyList /> : null}
        <Button testid="desk-devices" kind="quiet" icon="devices"
          onClick={() => go({ at: 'devices', then: 'back' })}>
          {t('home.devices')}</Button>
      </aside>
    </div>
  );
}

/** The click that begins duty is also the click that allows ringing. */
function Duty({ post }: { post: Post }) {
  const action = useAction();
  const flip = (on: boolean) => {
    unlock();
    if (on)
      askForNotifications();
    action.run(() => command('duty.set', { post: post.id, on }));
  };
  return (
    <section class={`card duty${post.duty ? ' on' : ''}`}>
      <Tick id={`duty-${post.id}`} kind="switch" checked={post.duty}
        disabled={action.busy || linkState.value !== 'live'} onChange={flip}>
        <strong data-testid="duty-state" data-duty={String(post.duty)}>
          {post.duty ? t('desk.on-duty') : t('desk.off-duty')}</strong>
        <small>{post.department ? `${named(post.department.name)} · ` : ''}
          {named(post.organisation.name)}</small>
      </Tick>
      <p class="faint">{post.duty ? t('desk.on-duty-why')
        : t('desk.off-duty-why')}</p>
      {action.error
        ? <p class="error-text" role="alert">{action.error}</p> : null}
    </section>
  );
}

function askForNotifications(): void {
  if ('Notification' in window && Notification.permission === 'default')
    Promise.resolve(Notification.requestPermission()).catch(() => undefined);
}

/** After a reload the browser is silent until a click: say so. */
function SoundState() {
  if (!sounds.value.ring)
    return <p class="banner" data-testid="sound-off">{t('desk.ring-off')}</p>;
  if (!unlocked.value)
    return (
      <div class="banner bad" role="alert" data-testid="sound-locked">
        <p>{t('desk.sound-locked')}</p>
        <Button testid="sound-unlock" kind="primary" icon="bell"
          onClick={unlock}>{t('desk.sound-unlock')}</Button>
      </div>
    );
  return (
    <p class="faint" data-testid="sound-ready">{t('desk.sound-ready')}{' '}
      <button type="button" class="link" data-testid="sound-try"
        onClick={tryRinging}>{t('desk.sound-try')}</button></p>
  );
}

function tryRinging(): void {
  if (ringing.value.length > 0)
    return;
  startRinging();
  window.setTimeout(() => {
    if (ringing.value.length === 0)
      stopRinging();
  }, 2000);
}

function Departed() {
  if (departed.value.length === 0)
    return null;
  return (
    <section aria-labelledby="departed-title">
      <h2 id="departed-title">{t('desk.departed')}</h2>
      <ul class="plain-list" data-testid="departed">
        {departed.value.map((one) => (
          <li key={`${one.id}-${one.at}`}>
            <span class="faint">{when(one.at)}</span> {one.text}</li>
        ))}
      </ul>
    </section>
  );
}
