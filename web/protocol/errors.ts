// Errors of the protocol (section 2): clients act on the name.

export type ErrorName = 'parse-error' | 'invalid-request' | 'unknown-method'
  | 'invalid-params' | 'internal' | 'not-signed-in' | 'wrong-credentials'
  | 'throttled' | 'no-right' | 'not-found' | 'wrong-state' | 'taken'
  | 'not-saved' | 'busy' | 'draining' | 'bad-sdp' | 'stale-generation'
  | 'too-large'
  /* of our own: the network did not carry it, or a new server start makes
     the question void */
  | 'unreachable' | 'new-epoch';

export interface ErrorData {
  name?: ErrorName;
  param?: string;
  state?: string;
  retry_after_ms?: number;
  demo?: boolean;
}

export class RpcError extends Error {
  readonly errorName: ErrorName;
  readonly data: ErrorData;

  constructor(name: ErrorName, message: string, data: ErrorData = {}) {
    super(message);
    Object.setPrototypeOf(this, RpcError.prototype);
    this.errorName = name;
    this.data = data;
  }
}

/** An error object as received; unknown shapes become `internal`. */
export function errorFrom(error: unknown): RpcError {
  const raw = (error || {}) as { message?: unknown; data?: ErrorData };
  const data = raw.data || {};
  return new RpcError(data.name || 'internal', String(raw.message), data);
}

export function isError(error: unknown, ...names: ErrorName[]): boolean {
  return error instanceof RpcError
    && (names.length === 0 || names.indexOf(error.errorName) >= 0);
}
