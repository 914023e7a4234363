import { t } from '../../locales';
import { wait } from '../../state/format';
import { language } from '../../locales';
import { reconnect } from '../../state/session';
import { linkState, restartAt } from '../../state/store';
import { Button } from '../common/button';
import { now } from '../common/hooks';

/** Connection lost, server restarting: cause, what is kept, the way on. */
export function Banner() {
  const link = linkState.value;
  if (link === 'lost' || link === 'connecting')
    return (
      <div class="banner bad" role="status" data-testid="banner-lost">
        <p><strong>{t('banner.lost')}</strong> {t('banner.lost-kept')}</p>
        <Button testid="banner-retry" onClick={reconnect}>
          {t('banner.retry')}
        </Button>
      </div>
    );
  if (link === 'restarting')
    return (
      <div class="banner" role="status" data-testid="banner-restarting">
        <p><strong>{t('banner.restarting')}</strong>
          {' '}{t('banner.restarting-kept')}</p>
      </div>
    );
  if (restartAt.value !== null)
    return (
      <div class="banner" role="status" data-testid="banner-draining">
        <p>{t('banner.draining', { wait:
          wait(language.value, restartAt.value - now()) })}</p>
      </div>
    );
  return null;
}
