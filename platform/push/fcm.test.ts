import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readConfig } from '../config/config.js';
import { providerContract, push } from './contract.js';
import { Fcm } from './fcm.js';
import { FcmFixture } from './fcm.fixture.js';
import type { ProviderSender } from './provider-sender.js';

const open = (provider: FcmFixture, timeoutMs = 5_000) =>
  new Fcm({ ...readConfig(provider.environment).push.fcm!, timeoutMs });

providerContract('fcm', async (timeoutMs) => {
  const provider = await FcmFixture.start();
  const fcm = open(provider, timeoutMs) as unknown as ProviderSender<never>;
  return {
    send: (address, each) => fcm.send(address as never, each),
    close: () => fcm.close(),
    provider,
    tellsWhen: true,
  };
});

test('one access token serves many pushes, and another one follows when it is revoked', async () => {
  const provider = await FcmFixture.start();
  const fcm = open(provider);
  const send = () => fcm.send(provider.newDevice() as never, push);
  await Promise.all(Array.from({ length: 20 }, send));
  expect(provider.tokensGiven).toBe(1);
  provider.revokeTokens();
  expect(await send()).toEqual({ kind: 'sent' });
  expect(provider.tokensGiven).toBe(2);
  await fcm.close();
  await provider.goDown();
});

test('an account that Google does not know is refused', async () => {
  const provider = await FcmFixture.start();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const account = JSON.parse(provider.environment.PARLEY_FCM_SERVICE_ACCOUNT!);
  account.private_key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  provider.environment.PARLEY_FCM_SERVICE_ACCOUNT = JSON.stringify(account);
  const fcm = open(provider);
  expect(await fcm.send(provider.newDevice() as never, push)).toEqual({ kind: 'refused', reason: 'service account' });
  await fcm.close();
  await provider.goDown();
});

test('a push that FCM dislikes leaves the device as it is; a token that is none does not', async () => {
  const provider = await FcmFixture.start();
  const fcm = open(provider);
  const badKey = { ...push, data: { 'google.x': '1' } };
  expect(await fcm.send(provider.newDevice() as never, badKey)).toEqual({
    kind: 'refused',
    reason: 'INVALID_ARGUMENT',
  });
  expect(await fcm.send({ provider: 'FCM', token: 'nonsense' }, push)).toEqual({ kind: 'gone' });
  await fcm.close();
  await provider.goDown();
});
