import { t } from '../../locales';
import { dismiss, notices } from '../../state/notices';
import { Icon } from '../common/icon';

/** The one place for messages; spoken when they come. */
export function Strip() {
  return (
    <div class="strip" role="status" aria-live="polite" data-testid="strip">
      {notices.value.map((one) => (
        <p key={one.id} class={`notice ${one.tone}`}>
          <span>{one.text}</span>
          <button type="button" class="button quiet" aria-label={
            t('common.dismiss')} onClick={() => dismiss(one.id)}>
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  );
}
