import assert from 'node:assert/strict';
import test from 'node:test';
import { Exchange } from '../media/exchange';

test('exchange: one offer at a time, wishes are merged', () => {
  const exchange = new Exchange();
  assert.equal(exchange.next(), null);
  exchange.want(false);
  assert.deepEqual(exchange.next(), { restart: false });
  assert.equal(exchange.number(), 1);
  exchange.want(true);
  exchange.want(false);
  assert.equal(exchange.next(), null);
  exchange.answered();
  assert.deepEqual(exchange.next(), { restart: true });
  assert.equal(exchange.number(), 2);
  exchange.answered();
  assert.equal(exchange.next(), null);
});

test('exchange: a refused restart is asked for again', () => {
  const exchange = new Exchange();
  exchange.want(true);
  const wish = exchange.next()!;
  assert.equal(exchange.failed('busy', wish), 'retry');
  assert.deepEqual(exchange.next(), { restart: true });
});

test('exchange: remedies follow the cause', () => {
  const remedy = (name: Parameters<Exchange['failed']>[0]) => {
    const exchange = new Exchange();
    exchange.want(false);
    return exchange.failed(name, exchange.next()!);
  };
  assert.equal(remedy('wrong-state'), 'wait');
  assert.equal(remedy('new-epoch'), 'rebuild');
  assert.equal(remedy('stale-generation'), 'rebuild');
  assert.equal(remedy('bad-sdp'), 'give-up');
  assert.equal(remedy('no-right'), 'give-up');
  assert.equal(remedy('unreachable'), 'retry');
});

test('exchange: gives up after five failures in a row', () => {
  const exchange = new Exchange();
  exchange.want(false);
  const remedies = [1, 2, 3, 4, 5].map(() =>
    exchange.failed('internal', exchange.next()!));
  assert.deepEqual(remedies,
    ['retry', 'retry', 'retry', 'retry', 'give-up']);
  assert.equal(exchange.next(), null);
});
