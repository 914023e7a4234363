// The WebSocket with its resumption. Questions asked while the line is
// down wait and are asked (again) after the next hello: reads are harmless
// and a command's id makes the server do it only once.
import { backoffMs } from './backoff';
import { errorFrom, RpcError } from './errors';
import type {
  Method, NotificationName, Notifications, Params, Result,
} from './types';

export type LinkState =
  | 'closed'      // not wanted
  | 'connecting'  // first try
  | 'live'
  | 'lost'        // trying again by itself
  | 'restarting'  // likewise, after the server said that it restarts
  | 'signed-out'  // 4401
  | 'taken';      // 4409: does not come back by itself

export const CLOSE_NOT_SIGNED_IN = 4401;
export const CLOSE_TAKEN = 4409;
export const CLOSE_RESTARTING = 1012;

const SUBPROTOCOL = 'yilian.v1';
const HELLO_WITHIN_MS = 10000;
const ANSWER_WITHIN_MS = 12000;
const ASK_EVERY_MS = 20000;

/** What the link needs of the world; tests give their own. */
export interface LinkWorld {
  open(subprotocol: string): SocketLike;
  setTimer(after_ms: number, fire: () => void): unknown;
  clearTimer(timer: unknown): void;
  random(): number;
  now(): number;
}

export interface SocketLike {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onopen: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LinkListener {
  state(state: LinkState): void;
  notification<N extends NotificationName>(name: N,
    params: Notifications[N]): void;
  /** Round trip of the latest answer. */
  roundTrip(rtt_ms: number): void;
}

interface Question {
  id: number;
  method: Method;
  params: object;
  asked_at: number;
  /** The socket it went out on; another one now means: ask again. */
  askedOn: SocketLike | null;
  /** Void after a restart of the server, instead of asked again. */
  epochBound: boolean;
  resolve(value: unknown): void;
  reject(error: RpcError): void;
}

export class Link {
  state: LinkState = 'closed';
  private socket: SocketLike | null = null;
  private epoch: string | null = null;
  private attempt = 0;
  private retryTimer: unknown = null;
  private watchTimer: unknown = null;
  private questions = new Map<number, Question>();
  private lastId = 0;

  constructor(private world: LinkWorld, private listener: LinkListener) {}

  /** Connects; also takes the seat back after 4409. */
  open(): void {
    this.drop();
    this.attempt = 0;
    this.enter('connecting');
    this.connect();
  }

  /** Closes for good; what was asked fails as unreachable. */
  close(): void {
    this.drop();
    this.failAll(new RpcError('unreachable', 'closed'));
    this.epoch = null;
    this.enter('closed');
  }

  /** Tries at once: the network is back, or somebody pressed a button. */
  hurry(): void {
    if (this.state !== 'lost' && this.state !== 'restarting')
      return;
    this.drop();
    this.connect();
  }

  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    if (this.state === 'closed' || this.state === 'signed-out'
        || this.state === 'taken')
      return Promise.reject(new RpcError('unreachable', 'not connected'));
    return new Promise((resolve, reject) => {
      this.lastId += 1;
      const question: Question = {
        id: this.lastId, method, params, asked_at: 0, askedOn: null,
        epochBound: method === 'media.offer',
        resolve: resolve as (value: unknown) => void, reject,
      };
      this.questions.set(question.id, question);
      if (this.state === 'live')
        this.ask(question);
    });
  }

  private ask(question: Question): void {
    question.asked_at = this.world.now();
    question.askedOn = this.socket;
    this.socket!.send(JSON.stringify({
      jsonrpc: '2.0', id: question.id, method: question.method,
      params: question.params,
    }));
  }

  private connect(): void {
    const socket = this.world.open(SUBPROTOCOL);
    this.socket = socket;
    socket.onopen = null;
    socket.onmessage = (event) => this.receive(String(event.data));
    socket.onclose = (event) => this.closed(event.code);
    this.watch(HELLO_WITHIN_MS, () => this.closed(0));
  }

  private receive(text: string): void {
    let message: {
      id?: number; method?: string; params?: unknown; result?: unknown;
      error?: unknown;
    };
    try {
      message = JSON.parse(text);
    } catch (_) {
      return;
    }
    if (message.method === undefined)
      this.answered(message);
    else if (message.method === 'hello')
      this.greeted(message.params as Notifications['hello']);
    else
      this.listener.notification(message.method as NotificationName,
        message.params as Notifications[NotificationName]);
    if (this.state === 'live')
      this.watch(ASK_EVERY_MS, () => this.probe());
  }

  private greeted(hello: Notifications['hello']): void {
    const restarted = this.epoch !== null && this.epoch !== hello.epoch;
    this.epoch = hello.epoch;
    this.attempt = 0;
    this.enter('live');
    this.listener.notification('hello', hello);
    for (const question of Array.from(this.questions.values())) {
      if (restarted && question.epochBound) {
        this.questions.delete(question.id);
        question.reject(new RpcError('new-epoch', 'the server restarted'));
      } else if (question.askedOn !== this.socket) {
        this.ask(question);
      }
    }
  }

  private answered(message: {
    id?: number; result?: unknown; error?: unknown;
  }): void {
    const question = this.questions.get(Number(message.id));
    if (!question)
      return;
    this.questions.delete(question.id);
    this.listener.roundTrip(this.world.now() - question.asked_at);
    if (message.error)
      question.reject(errorFrom(message.error));
    else
      question.resolve(message.result);
  }

  /** A line may be dead without a word: ask something small. */
  private probe(): void {
    this.call('session.get', {}).catch(() => undefined);
    this.watch(ANSWER_WITHIN_MS, () => this.closed(0));
  }

  private closed(code: number): void {
    const draining = this.state === 'restarting';
    this.drop();
    if (code === CLOSE_NOT_SIGNED_IN) {
      this.failAll(new RpcError('not-signed-in', 'signed out'));
      this.enter('signed-out');
    } else if (code === CLOSE_TAKEN) {
      this.failAll(new RpcError('unreachable', 'taken over'));
      this.enter('taken');
    } else {
      const wait_ms = backoffMs(this.attempt, this.world.random());
      this.attempt += 1;
      this.enter(code === CLOSE_RESTARTING || draining
        ? 'restarting' : 'lost');
      this.retryTimer =
        this.world.setTimer(wait_ms, () => this.connect());
    }
  }

  private watch(after_ms: number, fire: () => void): void {
    this.world.clearTimer(this.watchTimer);
    this.watchTimer = this.world.setTimer(after_ms, fire);
  }

  private drop(): void {
    this.world.clearTimer(this.retryTimer);
    this.world.clearTimer(this.watchTimer);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
  }

  private failAll(error: RpcError): void {
    const questions = Array.from(this.questions.values());
    this.questions.clear();
    questions.forEach((question) => question.reject(error));
  }

  private enter(state: LinkState): void {
    if (this.state === state)
      return;
    this.state = state;
    this.listener.state(state);
  }
}
