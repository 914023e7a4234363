// One consultation outside its call: which screen is decided by its state
// and by whose it is.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../locales';
import { RpcError } from '../../protocol/errors';
import { refresh } from '../../state/session';
import { go } from '../../state/route';
import { consultations, isWaiting, linkState } from '../../state/store';
import { Button } from '../common/button';
import { errorText } from '../common/errors';
import { Loading } from '../common/words';
import { IncomingCard } from '../desk/incoming';
import { OpinionScreen } from '../opinion/opinion';
import { ResultScreen } from '../result/result';
import { WaitingScreen } from '../waiting/waiting';

export function ConsultationScreen({ id }: { id: string }) {
  const [error, setError] = useState<unknown>(null);
  const one = consultations.value.get(id);
  const whole = one !== undefined && one.climb !== undefined;
  const live = linkState.value === 'live';
  useEffect(() => {
    if (whole || !live)
      return;
    refresh(id).then(() => setError(null)).catch(setError);
  }, [id, whole, live]);
  if (!one && error)
    return <Missing error={error} />;
  if (!one)
    return <Loading />;
  if (one.mine === 'clinic' && isWaiting(one.state))
    return <WaitingScreen one={one} />;
  if (one.mine === 'expert' && one.state === 'opinion_pending')
    return <OpinionScreen key={one.id} one={one} />;
  if (one.mine === 'rung')
    return <div class="narrow"><IncomingCard one={one} /></div>;
  return <ResultScreen one={one} />;
}

function Missing({ error }: { error: unknown }) {
  const noRight = error instanceof RpcError
    && (error.errorName === 'no-right' || error.errorName === 'not-found');
  return (
    <section class="card centred" data-testid="screen-missing">
      <h1>{noRight ? t('missing.title') : t('missing.failed')}</h1>
      <p>{noRight ? t('missing.text') : errorText(error)}</p>
      <Button testid="missing-home" kind="primary"
        onClick={() => go({ at: 'home' })}>{t('common.home')}</Button>
    </section>
  );
}
