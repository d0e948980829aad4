import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { waitFor } from '../../tests/wait-for.js';
import { silentLog } from '../telemetry/log.js';
import { push } from './contract.js';
import type { PushAddress, PushOutcome, PushProvider } from './port.js';
import { Providers } from './providers.js';
import type { ProviderSender } from './provider-sender.js';
import { PushUnavailable } from './unavailable.js';

const TRY_AFTER_MS = 50;
const APNS: PushAddress = { provider: 'APNS', token: 'a' };
const FCM: PushAddress = { provider: 'FCM', token: 'f' };
const browserAt = (endpoint: string): PushAddress => ({ provider: 'WEB_PUSH', endpoint, p256dh: 'p', auth: 'a' });

/** Providers whose answers a test decides. */
function open(answers: { [P in PushProvider]?: (address: PushAddress) => Promise<PushOutcome> }) {
  const registry = new Registry();
  const calls: PushProvider[] = [];
  const senderOf = (provider: PushProvider): ProviderSender<never> => ({
    send: (address: PushAddress) => (calls.push(provider), answers[provider]!(address)),
    close: async () => undefined,
  });
  const senders = Object.fromEntries(Object.keys(answers).map((each) => [each, senderOf(each as PushProvider)]));
  const providers = new Providers({ senders, log: silentLog(), registry, tryAfterMs: TRY_AFTER_MS });
  const metric = async (name: string) =>
    (await registry.getSingleMetric(name)!.get()).values.map(({ labels, value }) => [...Object.values(labels), value]);
  return { providers, calls, metric };
}
const sent = async (): Promise<PushOutcome> => ({ kind: 'sent' });
const out = () => Promise.reject(new PushUnavailable('http 503'));
const failTimes = async (providers: Providers, address: PushAddress, times: number) => {
  for (let i = 0; i < times; i++)
    await expect(providers.send(address, push)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
};

test('a provider without keys is off', async () => {
  const { providers } = open({ APNS: sent });
  expect([providers.supports('APNS'), providers.supports('FCM')]).toEqual([true, false]);
  expect(await providers.send(FCM, push)).toEqual({ kind: 'refused', reason: 'off' });
});

test('while one provider is out, sends to it fail at once, the others go on, and it is tried again', async () => {
  let fcm = out as () => Promise<PushOutcome>;
  const { providers, calls, metric } = open({ APNS: sent, FCM: () => fcm() });
  await failTimes(providers, FCM, 5);
  expect(calls).toHaveLength(5);
  await expect(providers.send(FCM, push)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    reason: 'breaker',
    retryAt: expect.any(Date),
  });
  expect(calls).toHaveLength(5);
  expect(await providers.send(APNS, push)).toEqual({ kind: 'sent' });
  expect(await metric('circuit_breaker_open')).toEqual([
    ['push FCM', 1],
    ['push APNS', 0],
  ]);
  fcm = sent;
  await waitFor('FCM works again', () => providers.send(FCM, push).catch(() => null));
});

test('a device that is told to come back later says nothing of its provider', async () => {
  const busy = () => Promise.reject(new PushUnavailable('http 429', { isOut: false }));
  const { providers, calls } = open({ APNS: busy });
  await failTimes(providers, APNS, 10);
  expect(calls).toHaveLength(10);
});

test('a dead server that somebody names as a push service puts out no other', async () => {
  const dead = browserAt('https://dead.example.org/1');
  const { providers, calls, metric } = open({
    WEB_PUSH: (address) => (address === dead ? out() : sent()),
  });
  await failTimes(providers, dead, 7);
  expect(calls).toHaveLength(5);
  for (const endpoint of ['https://dead.example.com/1', 'https://fcm.googleapis.com/fcm/send/1'])
    expect(await providers.send(browserAt(endpoint), push)).toEqual({ kind: 'sent' });
  // Those that people made up are no metrics: there could be any number.
  expect(await metric('circuit_breaker_open')).toEqual([['push WEB_PUSH fcm.googleapis.com', 0]]);
});

test('instances of a known service are one', async () => {
  const { providers, calls } = open({ WEB_PUSH: out });
  for (let i = 0; i < 7; i++)
    await failTimes(providers, browserAt(`https://wns2-${i}.notify.windows.com/w/?token=1`), 1);
  expect(calls).toHaveLength(5);
});

test('counts what was sent, and what was not by why', async () => {
  const outcomes: (() => Promise<PushOutcome>)[] = [
    sent,
    sent,
    async () => ({ kind: 'gone' }),
    async () => ({ kind: 'refused', reason: 'TopicDisallowed' }),
    out,
  ];
  const { providers, metric } = open({ APNS: () => outcomes.shift()!() });
  while (outcomes.length > 0) await providers.send(APNS, push).catch(() => undefined);
  expect(await metric('notifications_sent_total')).toEqual([['APNS', 2]]);
  expect(await metric('notification_failures_total')).toEqual([
    ['APNS', 'gone', 1],
    ['APNS', 'TopicDisallowed', 1],
    ['APNS', 'http 503', 1],
  ]);
});
