// Somebody else calls while one is in a call: said quietly, on the picture,
// so that nothing moves; to be declined without leaving it.
import { useState } from 'preact/hooks';
import { named, t } from '../../locales';
import type { Consultation } from '../../protocol/types';
import { ringing } from '../../state/store';
import { Button } from '../common/button';
import { Icon } from '../common/icon';
import { UrgencyBadge } from '../common/words';
import { Decline, postFor } from '../desk/incoming';

/** The most urgent one, among those alike the one that waits longest. */
function foremost(calls: Consultation[]): Consultation | undefined {
  return calls.find((one) => one.urgency === 'emergency')
    || calls.find((one) => one.urgency === 'urgent')
    || calls[calls.length - 1];
}

/** The region is there before there is news, or it would not be read out. */
export function Knock() {
  const [asking, setAsking] = useState('');
  const calls = ringing.value;
  const first = foremost(calls);
  const asked = calls.find((one) => one.id === asking);
  return (
    <>
      <div class="knock" role="status">
        {first
          ? <div class="knock-strip" data-testid="also-ringing"
              data-id={first.id}>
              <Icon name="bell" />
              <p>{t('call.also-ringing',
                { clinic: named(first.clinic.organisation.name) })}
                {calls.length > 1 ? ` ${t('call.also-ringing-more',
                  { number: calls.length - 1 })}` : ''}</p>
              {first.urgency === 'routine' ? null
                : <UrgencyBadge urgency={first.urgency} />}
              <Button testid="also-ringing-decline"
                onClick={() => setAsking(first.id)}>
                {t('desk.decline')}</Button>
            </div> : null}
      </div>
      {asked
        ? <Decline one={asked} post={postFor(asked)}
            onNo={() => setAsking('')} /> : null}
    </>
  );
}
