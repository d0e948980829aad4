import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { IdTokens } from './id-tokens.js';
import { OidcIssuerFixture } from './oidc-issuer.fixture.js';

let issuer: OidcIssuerFixture;
let idTokens: IdTokens;
beforeEach(async () => {
  issuer = await OidcIssuerFixture.start();
  idTokens = new IdTokens([{ issuer: issuer.issuer, audiences: ['parley', 'parley-ios'] }], 0);
});
afterEach(() => issuer.stop());

test('says who the person is, and an address only where it was verified', async () => {
  const claims = { sub: 'ann-1', email: 'Ann@Example.org', name: ' Ann ', preferred_username: 'ann' };
  const ann = { issuer: issuer.issuer, subject: 'ann-1', name: 'Ann', username: 'ann' };
  expect(await idTokens.verify(await issuer.idToken({ ...claims, email_verified: true }))).toEqual({
    ...ann,
    email: 'ann@example.org',
  });
  for (const email_verified of [false, undefined, 'false'])
    expect(await idTokens.verify(await issuer.idToken({ ...claims, email_verified }))).toEqual({ ...ann, email: null });
  expect(await idTokens.verify(await issuer.idToken({ sub: 'x', name: 'a\0b', email: 'junk' }))).toMatchObject({
    name: null,
    email: null,
  });
});

test.each([
  ['of another audience', { aud: 'somebody-else' }],
  ['for us and others, whom others asked for', { aud: ['parley', 'other'], azp: 'other' }],
  ['for us and others, without a word who asked', { aud: ['parley', 'other'] }],
  ['without a subject', { sub: undefined }],
  ['with a subject that cannot be stored', { sub: 'a\0b' }],
  ['without an end', { exp: undefined }],
  ['from the future', { nbf: Math.floor(Date.now() / 1000) + 3_600 }],
  ['of an issuer that nobody trusts', { iss: 'https://elsewhere.example.org' }],
])('refuses a token %s', async (_, claims) => {
  expect(await idTokens.verify(await issuer.idToken({ sub: 'ann-1', ...claims }))).toBeNull();
});

test('accepts what was made out for several when one of ours asked', async () => {
  const token = await issuer.idToken({ sub: 'ann-1', aud: ['parley', 'other'], azp: 'parley-ios' });
  expect(await idTokens.verify(token)).toMatchObject({ subject: 'ann-1' });
});

test('refuses what is expired, tampered with, unsigned, signed with a shared secret, or no token', async () => {
  const token = await issuer.idToken({ sub: 'ann-1' });
  const [header, , signature] = token.split('.');
  const body = Buffer.from(JSON.stringify({ iss: issuer.issuer, aud: 'parley', sub: 'bob-1', iat: 1, exp: 9e9 }));
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const shared = await new SignJWT({ iss: issuer.issuer, aud: 'parley', sub: 'bob-1', iat: 1, exp: 9e9 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.alloc(32));
  for (const bad of [
    await issuer.idToken({ sub: 'ann-1' }, -60),
    `${header}.${body.toString('base64url')}.${signature}`,
    `${none}.${body.toString('base64url')}.`,
    shared,
    'junk',
    '',
  ])
    expect(await idTokens.verify(bad)).toBeNull();
});

test('keys are fetched once, and anew when one is unknown; the old one is worth nothing then', async () => {
  const before = await issuer.idToken({ sub: 'ann-1' });
  for (let i = 0; i < 3; i++) expect(await idTokens.verify(before)).not.toBeNull();
  expect(issuer.keyFetches).toBe(1);
  await issuer.rotate();
  expect(await idTokens.verify(await issuer.idToken({ sub: 'ann-1' }))).not.toBeNull();
  expect(issuer.keyFetches).toBe(2);
  expect(await idTokens.verify(before)).toBeNull();
});

test('an issuer that cannot be asked means: later; one that names itself otherwise is not believed', async () => {
  const token = await issuer.idToken({ sub: 'ann-1' });
  issuer.isDown = true;
  await expect(idTokens.verify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  issuer.isDown = false;
  issuer.claimedIssuer = 'https://elsewhere.example.org';
  await expect(idTokens.verify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  issuer.claimedIssuer = null;
  expect(await idTokens.verify(token)).toMatchObject({ subject: 'ann-1' });
});
