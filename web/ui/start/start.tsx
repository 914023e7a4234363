// Trainer, learner, office: what exists for them today, honestly.
import { named, t } from '../../locales';
import type { Key } from '../../locales';
import { go } from '../../state/route';
import { person } from '../../state/store';
import { Button } from '../common/button';
import { useTitle } from '../common/hooks';

export function StartScreen() {
  useTitle(t('app.title'));
  const who = person.value!;
  return (
    <div class="narrow" data-testid="screen-start">
      <h1>{t('start.hello', { name: named(who.name) })}</h1>
      {who.posts.length === 0
        ? <p class="card">{t('start.no-post')}</p> : null}
      {who.posts.map((post) => (
        <section class="card" key={post.id}>
          <h2>{t(`role.${post.role}` as Key)}</h2>
          <p class="faint">{named(post.organisation.name)}</p>
          <p>{t(`start.${post.role}` as Key)}</p>
        </section>
      ))}
      <div class="actions">
        <Button testid="start-history" icon="history"
          onClick={() => go({ at: 'history' })}>{t('nav.history')}</Button>
        <Button testid="start-settings" icon="settings"
          onClick={() => go({ at: 'settings' })}>{t('start.settings')}</Button>
      </div>
    </div>
  );
}
