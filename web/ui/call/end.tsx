import { t } from '../../locales';
import type { Consultation } from '../../protocol/types';
import { command } from '../../state/session';
import { Confirm } from '../common/confirm';
import { useAction } from '../common/hooks';

/** Ending asks once and says what follows. */
export function End({ one, onNo }: { one: Consultation; onNo: () => void }) {
  const action = useAction();
  return (
    <Confirm testid="end-confirm" title={t('call.end-ask')} danger
      yes={t('call.end-yes')} no={t('call.end-no')} onNo={onNo}
      busy={action.busy} error={action.error}
      onYes={() => action.run(() =>
        command('consultation.end', { consultation: one.id }))}>
      <p>{one.mine === 'expert' ? t('call.end-expert')
        : t('call.end-clinic')}</p>
    </Confirm>
  );
}
