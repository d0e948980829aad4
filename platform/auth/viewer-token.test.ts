import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { compactVerify, SignJWT } from 'jose';
import { newUuid } from '../ids/ids.js';
import type { Caller } from './caller.js';
import { VIEWER_TOKEN_LIFE, ViewerTokens } from './viewer-token.js';

const secret = randomBytes(32);
const person: Caller = {
  kind: 'person',
  userId: newUuid(1),
  deviceId: newUuid(1),
  startedAt: 1,
  network: '2001:db8::/48',
};

test.each<Caller>([person, { kind: 'hub', startedAt: 2 }, { kind: 'nobody', startedAt: 3, network: null }])(
  'carries $kind from the router to a subgraph',
  (caller) => {
    expect(new ViewerTokens(secret).verify(new ViewerTokens(secret).sign(caller))).toEqual(caller);
  },
);

test('is a JWS that any library can check', async () => {
  const { payload, protectedHeader } = await compactVerify(new ViewerTokens(secret).sign(person), secret);
  expect(protectedHeader.alg).toBe('HS256');
  expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ caller: person });
});

test('ends after 30 seconds', () => {
  let now = Date.UTC(2026, 0, 1);
  const tokens = new ViewerTokens(secret, () => now);
  const token = tokens.sign(person);
  now += VIEWER_TOKEN_LIFE - 1;
  expect(tokens.verify(token)).toEqual(person);
  now += 1;
  expect(tokens.verify(token)).toBeNull();
});

test('what is forged, changed or malformed is nobody at all', async () => {
  const tokens = new ViewerTokens(secret);
  const [head, body, signature] = tokens.sign(person).split('.') as [string, string, string];
  const hubBody = Buffer.from(JSON.stringify({ caller: { kind: 'hub', startedAt: 1 }, exp: 9e9 })).toString(
    'base64url',
  );
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const otherShape = await new SignJWT({ caller: { kind: 'god' } })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setExpirationTime('1m')
    .sign(secret);
  const refused = [
    new ViewerTokens(randomBytes(32)).sign(person),
    `${head}.${hubBody}.${signature}`,
    `${none}.${hubBody}.`,
    `${head}.${body}.${signature}.x`,
    `${head}.${body}`,
    otherShape,
    '',
  ];
  for (const token of refused) expect(tokens.verify(token)).toBeNull();
});
