import { describe, expect, test } from '@jest/globals';
import { Authenticator, toNetwork } from './authenticator.js';

const tokens = {
  verify: (token: string) =>
    Promise.resolve(token === 'good' ? { userId: 'u', deviceId: 'd', expiresAt: 1, isNewcomer: true } : null),
};
const signedIn = { check: () => Promise.resolve(true) };

describe('the authenticator', () => {
  test('knows a person by their bearer token, and nobody without one', async () => {
    const authenticator = new Authenticator(tokens, signedIn);
    expect(await authenticator.callerOf('Bearer good', '203.0.113.9')).toMatchObject({
      kind: 'person',
      userId: 'u',
      deviceId: 'd',
      network: '203.0.113.0/24',
      isNewcomer: true,
    });
    expect(await authenticator.callerOf(undefined, undefined)).toMatchObject({ kind: 'nobody', network: null });
  });

  test('refuses a bad token rather than taking the person for nobody', async () => {
    const authenticator = new Authenticator(tokens, signedIn);
    for (const header of ['Bearer bad', 'good', 'Basic good', 'Bearer '])
      await expect(authenticator.callerOf(header, undefined)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('refuses a device that was signed out, and says UNAVAILABLE where nobody knows', async () => {
    const signedOut = new Authenticator(tokens, { check: () => Promise.resolve(false) });
    await expect(signedOut.callerOf('Bearer good', undefined)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const unknown = new Authenticator(tokens, { check: () => Promise.reject(new Error('down')) });
    await expect(unknown.callerOf('Bearer good', undefined)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('lets the next operation on a socket begin later', async () => {
    const authenticator = new Authenticator(tokens, signedIn);
    const caller = await authenticator.again({ kind: 'person', userId: 'u', deviceId: 'd', startedAt: 5 });
    expect(caller.startedAt).toBeGreaterThan(5);
  });
});

describe('a network', () => {
  test.each([
    ['203.0.113.9', '203.0.113.0/24'],
    ['::ffff:203.0.113.9', '203.0.113.0/24'],
    ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::/48'],
    ['2001:0db8::1', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['not an address', null],
    ['', null],
  ])('of %s is %s', (address, network) => expect(toNetwork(address)).toBe(network));
});
