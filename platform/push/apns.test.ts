import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { readConfig } from '../config/config.js';
import { Apns } from './apns.js';
import { ApnsFixture } from './apns.fixture.js';
import { localCertificate } from './certificate.fixture.js';
import { providerContract, push } from './contract.js';
import type { ProviderSender } from './provider-sender.js';

const open = (provider: ApnsFixture, settings: object = {}) => {
  const { apns } = readConfig(provider.environment).push;
  return new Apns({ ...apns!, timeoutMs: 5_000, ca: localCertificate().certificate, ...settings });
};

providerContract('apns', async (timeoutMs) => {
  const provider = await ApnsFixture.start();
  const apns = open(provider, { timeoutMs }) as unknown as ProviderSender<never>;
  return {
    send: (address, each) => apns.send(address as never, each),
    close: () => apns.close(),
    provider,
    tellsWhen: false,
  };
});

test('a token that Apple finds too old is made anew', async () => {
  const provider = await ApnsFixture.start();
  const apns = open(provider);
  provider.findsTokenExpired = true;
  expect(await apns.send(provider.newDevice() as never, push)).toEqual({ kind: 'sent' });
  expect(provider.requests).toBe(2);
  await apns.close();
  await provider.goDown();
});

test('a key that Apple does not know is refused; so is another topic', async () => {
  const provider = await ApnsFixture.start();
  const [otherKey, otherTopic] = [
    open(provider, { keyId: 'KEY0000000' }),
    open(provider, { topic: 'org.example.other' }),
  ];
  const device = provider.newDevice() as never;
  expect(await otherKey.send(device, push)).toEqual({ kind: 'refused', reason: 'InvalidProviderToken' });
  expect(await otherTopic.send(device, push)).toEqual({ kind: 'refused', reason: 'TopicDisallowed' });
  for (const each of [otherKey, otherTopic]) await each.close();
  await provider.goDown();
});

test('what cannot be a token of Apple is gone, and nobody is asked', async () => {
  const provider = await ApnsFixture.start();
  const apns = open(provider);
  for (const token of ['', 'abc', '../x', `${'0'.repeat(64)}\r\nx: y`])
    expect(await apns.send({ provider: 'APNS', token }, push)).toEqual({ kind: 'gone' });
  expect(provider.requests).toBe(0);
  await apns.close();
  await provider.goDown();
});

test('a server that takes connections and says nothing holds nobody up', async () => {
  const provider = await ApnsFixture.start();
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const sockets: Socket[] = [];
  silent.on('connection', (socket) => sockets.push(socket.on('error', () => undefined)));
  const endpoint = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const apns = open(provider, { endpoint, timeoutMs: 200 });
  await expect(apns.send(provider.newDevice() as never, push)).rejects.toMatchObject({ reason: 'no answer' });
  await apns.close();
  for (const socket of sockets) socket.destroy();
  silent.close();
  await provider.goDown();
});

test('who does not show the certificate of the server is not told anything', async () => {
  const provider = await ApnsFixture.start();
  const apns = open(provider, { ca: undefined });
  await expect(apns.send(provider.newDevice() as never, push)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(provider.requests).toBe(0);
  await apns.close();
  await provider.goDown();
});
