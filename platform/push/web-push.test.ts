import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import webPush from 'web-push';
import { localCertificate } from './certificate.fixture.js';
import { providerContract, push } from './contract.js';
import type { ProviderSender } from './provider-sender.js';
import { isPublicAddress, lookUpPublic, PrivateAddress } from './public-addresses.js';
import { WebPush } from './web-push.js';
import { WebPushFixture } from './web-push.fixture.js';

const open = (settings: object = {}) =>
  new WebPush({
    keys: webPush.generateVAPIDKeys(),
    subject: 'mailto:push@example.org',
    allowsPrivateAddresses: true,
    timeoutMs: 5_000,
    ca: localCertificate().certificate,
    ...settings,
  });

providerContract('web push', async (timeoutMs) => {
  const provider = await WebPushFixture.start();
  const adapter = open({ timeoutMs }) as unknown as ProviderSender<never>;
  return {
    send: (address, each) => adapter.send(address as never, each),
    close: () => adapter.close(),
    provider,
    tellsWhen: true,
  };
});

describe('what people name as a push service', () => {
  test.each([
    'http://push.example.org/1',
    'https://127.0.0.1/1',
    'https://2130706433/1',
    'https://0x7f.1/1',
    'https://[::1]/1',
    'https://[::ffff:10.0.0.1]/1',
    'https://169.254.169.254/latest/meta-data',
    'https://10.1.2.3/1',
    'https://user:password@push.example.org/1',
    'https://android.googleapis.com/gcm/send/1',
    'ftp://push.example.org/1',
    'push.example.org',
    '',
  ])('%s is gone, and nobody is asked', async (endpoint) => {
    const provider = await WebPushFixture.start();
    const adapter = open({ allowsPrivateAddresses: false });
    expect(await adapter.send({ ...provider.newDevice(), endpoint }, push)).toEqual({ kind: 'gone' });
    await adapter.close();
    await provider.goDown();
  });

  test('a name that leads within is gone, and nobody is asked', async () => {
    const provider = await WebPushFixture.start();
    const device = provider.newDevice();
    const adapter = open({ allowsPrivateAddresses: false });
    const endpoint = device.endpoint.replace('127.0.0.1', 'localhost');
    expect(await adapter.send({ ...device, endpoint }, push)).toEqual({ kind: 'gone' });
    expect(provider.requests).toBe(0);
    await adapter.close();
    await provider.goDown();
  });

  test('is not followed to where it redirects', async () => {
    const provider = await WebPushFixture.start();
    let visits = 0;
    const within = createServer((_, response) => response.writeHead((visits++, 201)).end());
    await new Promise<void>((resolve) => within.listen(0, '127.0.0.1', resolve));
    provider.redirectsTo = `http://127.0.0.1:${(within.address() as AddressInfo).port}/`;
    const adapter = open();
    expect(await adapter.send(provider.newDevice(), push)).toEqual({ kind: 'refused', reason: 'http 307' });
    expect(visits).toBe(0);
    await adapter.close();
    within.close();
    await provider.goDown();
  });

  test.each([
    ['a short point', { p256dh: 'AAAA' }],
    ['a point that is not on the curve', { p256dh: Buffer.alloc(65, 4).toString('base64url') }],
    ['a short secret', { auth: 'AAAA' }],
  ])('with %s for a key is gone', async (_, keys) => {
    const provider = await WebPushFixture.start();
    const adapter = open();
    expect(await adapter.send({ ...provider.newDevice(), ...keys }, push)).toEqual({ kind: 'gone' });
    expect(provider.requests).toBe(0);
    await adapter.close();
    await provider.goDown();
  });
});

describe('public addresses', () => {
  test.each(['8.8.8.8', '100.63.255.255', '172.32.0.1', '2a00:1450:4001::1', '2606:4700::1111'])(
    '%s is one',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
  test.each([
    ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.8.8.8', '169.254.169.254', '172.16.0.1', '192.168.1.1', '198.18.0.1'],
    ...[
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '::ffff:8.8.8.8',
      '64:ff9b::a00:1',
      'fc00::1',
      'fe80::1',
      'ff02::1',
    ],
    ...['2001::1', '2001:db8::1', '2002:a00:1::1', 'example.org', ''],
  ])('%s is none', (address) => expect(isPublicAddress(address)).toBe(false));

  test('a connection gets only those', async () => {
    const error = await new Promise((resolve) => lookUpPublic('localhost', { all: true }, resolve));
    expect(error).toBeInstanceOf(PrivateAddress);
  });
});
