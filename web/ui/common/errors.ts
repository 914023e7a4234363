import { t } from '../../locales';
import type { Key } from '../../locales';
import { RpcError } from '../../protocol/errors';
import type { ErrorName } from '../../protocol/errors';

const WORDS: Partial<Record<ErrorName, Key>> = {
  'not-signed-in': 'error.not-signed-in',
  'wrong-credentials': 'error.wrong-credentials',
  'no-right': 'error.no-right',
  'not-found': 'error.not-found',
  'wrong-state': 'error.wrong-state',
  'taken': 'error.taken',
  'not-saved': 'error.not-saved',
  'busy': 'error.busy',
  'draining': 'error.draining',
  'unreachable': 'error.unreachable',
  'new-epoch': 'error.draining',
};

/** The cause, what was kept, and the way on. */
export function errorText(error: unknown): string {
  if (!(error instanceof RpcError))
    return t('error.unexpected');
  if (error.errorName === 'throttled') {
    const seconds = Math.ceil((error.data.retry_after_ms || 60000) / 1000);
    return t('error.throttled', { seconds });
  }
  if (error.errorName === 'too-large')
    return t('error.too-large', { param: error.data.param || '' });
  if (error.errorName === 'invalid-params')
    return t('error.invalid', { param: error.data.param || '' });
  return t(WORDS[error.errorName] || 'error.unexpected');
}
