import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { ApiKeyClaims } from '../../schema/api-keys.js';
import { ApiKeyAuthenticator } from './api-key-authenticator.js';

const secret = `parley_${'k'.repeat(43)}`;
const hash = createHash('sha256').update(secret).digest('hex');

function open(more: Partial<ApiKeyClaims> = {}) {
  const stub = { now: 1_000, asked: 0, isRevoked: false, allowed: true };
  const claims: ApiKeyClaims = {
    ...{ userId: 'bot', deviceId: 'key', scopes: ['MESSAGES_READ'], expiresAt: null, isNewcomer: false },
    ...more,
  };
  const keys = {
    claimsOf: (asked: string) => {
      stub.asked++;
      return Promise.resolve(asked === hash ? claims : null);
    },
  };
  const devices = { check: () => Promise.resolve(!stub.isRevoked) };
  const take = () => Promise.resolve({ isAllowed: stub.allowed, limit: 1, remaining: 0, resetAt: 5_000 });
  return { stub, authenticator: new ApiKeyAuthenticator(keys, devices, { take }, () => stub.now) };
}

test('a key is its bot, and is looked up once', async () => {
  const { stub, authenticator } = open();
  for (let i = 0; i < 2; i++)
    expect(await authenticator.callerOf(`Bearer ${secret}`, '203.0.113.9')).toMatchObject({
      ...{ kind: 'person', userId: 'bot', deviceId: 'key', apiKey: { scopes: ['MESSAGES_READ'] } },
      network: '203.0.113.0/24',
    });
  expect(stub.asked).toBe(1);
});

test('nobody is let in without one that is valid, and what is no key is not looked up', async () => {
  const { stub, authenticator } = open();
  for (const header of [undefined, '', 'Bearer ', `Bearer ${secret}x`, secret, 'Bearer eyJhbGciOiJFZERTQSJ9.e30.x'])
    await expect(authenticator.callerOf(header, undefined)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(stub.asked).toBe(0);
  const forged = `Bearer parley_${'x'.repeat(43)}`;
  await expect(authenticator.callerOf(forged, undefined)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('one that was revoked is refused at once, also on a socket that is open', async () => {
  const { stub, authenticator } = open();
  const caller = await authenticator.callerOf(`Bearer ${secret}`, undefined);
  stub.isRevoked = true;
  await expect(authenticator.callerOf(`Bearer ${secret}`, undefined)).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
  await expect(authenticator.again(caller)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('one that expires while it is remembered is refused from that instant on', async () => {
  const { stub, authenticator } = open({ expiresAt: 2_000 });
  const caller = await authenticator.callerOf(`Bearer ${secret}`, undefined);
  stub.now = 1_999;
  expect((await authenticator.again(caller)).startedAt).toBe(1_999);
  stub.now = 2_000;
  await expect(authenticator.again(caller)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(authenticator.callerOf(`Bearer ${secret}`, undefined)).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});

test('a network that tries many keys is told to wait', async () => {
  const { stub, authenticator } = open();
  stub.allowed = false;
  await expect(authenticator.callerOf(`Bearer ${secret}`, '203.0.113.9')).rejects.toMatchObject({
    code: 'RATE_LIMITED',
  });
});
