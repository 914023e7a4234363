import { t } from '../../locales';
import { reconnect } from '../../state/session';
import { linkState } from '../../state/store';
import { Button } from '../common/button';
import { useFocus, useTitle } from '../common/hooks';

/** The newest window of a person has the seat; this is the older one. */
export function TakenOver() {
  const heading = useFocus<HTMLHeadingElement>();
  useTitle(t('taken.title'));
  return (
    <section class="card centred" data-testid="screen-taken">
      <h1 tabIndex={-1} ref={heading}>{t('taken.title')}</h1>
      <p>{t('taken.text')}</p>
      <Button testid="take-back" kind="primary" large onClick={reconnect}>
        {t('taken.back')}
      </Button>
    </section>
  );
}

/** Opened while the server cannot be reached. */
export function Unreached() {
  const restarting = linkState.value === 'restarting';
  return (
    <section class="card centred" role="status"
      data-testid="screen-unreached">
      <span class="spinner" aria-hidden="true" />
      <h1>{restarting ? t('banner.restarting') : t('unreached.title')}</h1>
      <p>{restarting ? t('banner.restarting-kept') : t('unreached.text')}</p>
      <Button testid="unreached-retry" kind="primary" onClick={reconnect}>
        {t('banner.retry')}
      </Button>
    </section>
  );
}
