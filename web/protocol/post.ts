// The same methods by POST: for signing in, before there is a socket.
import { errorFrom, RpcError } from './errors';
import type { Method, Params, Result } from './types';

export async function post<M extends Method>(method: M, params: Params<M>):
  Promise<Result<M>> {
  let response: Response;
  try {
    response = await fetch('/rpc', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
  } catch (_) {
    throw new RpcError('unreachable', 'no answer from the server');
  }
  let answer: { result?: Result<M>; error?: unknown };
  try {
    answer = await response.json();
  } catch (_) {
    throw new RpcError('unreachable', `status ${response.status}`);
  }
  if (answer.error || answer.result === undefined)
    throw errorFrom(answer.error);
  return answer.result;
}
