import { generateKeyPairSync, createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { jwtVerify, SignJWT } from 'jose';
import { newUuid, toPublicId } from '../ids/ids.js';
import { StartError } from '../config/start-error.js';
import { ACCESS_TOKEN_LIFE, AccessTokens } from './access-token.js';

const newKey = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const userId = newUuid(7);
const deviceId = newUuid(7);

test('a token says who and on which device, and any JWT library can check it', async () => {
  const key = newKey();
  const tokens = new AccessTokens(key);
  const { token, expiresAt } = await tokens.sign(userId, deviceId);
  expect(await tokens.verify(token)).toEqual({ userId, deviceId, expiresAt: expiresAt.getTime(), isNewcomer: false });
  const { payload } = await jwtVerify(token, createPublicKey(createPrivateKey(key)), {
    algorithms: ['EdDSA'],
    issuer: 'parley',
  });
  expect(payload).toMatchObject({ sub: toPublicId('user', userId), did: toPublicId('device', deviceId) });
});

test('a token ends after ten minutes, remembered or not', async () => {
  let now = Date.UTC(2026, 0, 1);
  const tokens = new AccessTokens(newKey(), () => now);
  const seen = (await tokens.sign(userId, deviceId)).token;
  now += 1000;
  const unseen = (await tokens.sign(userId, deviceId)).token;
  expect(await tokens.verify(seen)).not.toBeNull();
  now += ACCESS_TOKEN_LIFE - 1000;
  expect(await tokens.verify(seen)).toBeNull();
  expect(await tokens.verify(unseen)).not.toBeNull();
  now += 1000;
  expect(await tokens.verify(unseen)).toBeNull();
  expect(await tokens.verify(unseen)).toBeNull();
});

test('what another key, another issuer or nobody signed is refused', async () => {
  const key = newKey();
  const tokens = new AccessTokens(key);
  const foreign = await new AccessTokens(newKey()).sign(userId, deviceId);
  const claims = { did: toPublicId('device', deviceId) };
  const sign = (issuer: string, typ: string) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ })
      .setIssuer(issuer)
      .setSubject(toPublicId('user', userId))
      .setExpirationTime('1m')
      .sign(createPrivateKey(key));
  const { token } = await tokens.sign(userId, deviceId);
  const [, body] = token.split('.');
  const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`;
  expect(await tokens.verify(await sign('parley', 'at+jwt'))).not.toBeNull();
  const refused = [
    foreign.token,
    await sign('other', 'at+jwt'),
    await sign('parley', 'JWT'),
    unsigned,
    `${token}A`,
    'junk',
    '',
  ];
  for (const each of refused) expect(await tokens.verify(each)).toBeNull();
});

test('a key of another kind is told in a sentence', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;
  expect(() => new AccessTokens(rsa)).toThrow(StartError);
  expect(() => new AccessTokens('junk')).toThrow(StartError);
});
