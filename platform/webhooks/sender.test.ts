import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WebhookSender } from './sender.js';

let server: Server;
let asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/moved') response.writeHead(302, { location: '/stolen' }).end();
    else if (request.url !== '/hangs') response.writeHead(request.url === '/fine' ? 200 : 500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const post = (sender: WebhookSender, url: string) => sender.post({ url, secrets: ['s'], deliveryId: 'd', body: '{}' });
const at = (path: string, host = '127.0.0.1') => `http://${host}:${(server.address() as AddressInfo).port}${path}`;

test('takes 2xx for delivered, follows no redirect, and waits for nobody for ever', async () => {
  const sender = new WebhookSender({ allowsPrivateAddresses: true, timeoutMs: 500 });
  asked = [];
  expect(await post(sender, at('/fine'))).toBeNull();
  expect(await post(sender, at('/moved'))).toBe('The receiver answered 302.');
  expect(await post(sender, at('/broken'))).toBe('The receiver answered 500.');
  expect(await post(sender, at('/hangs'))).toBe('The receiver did not answer within 0.5 s.');
  expect(asked).toEqual(['/fine', '/moved', '/broken', '/hangs']);
  await sender.close();
});

test('sends nothing to addresses within, however they are written or named', async () => {
  const sender = new WebhookSender({ allowsPrivateAddresses: false, timeoutMs: 2_000 });
  asked = [];
  for (const url of [
    at('/fine'),
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://user:secret@example.org/',
    'file:///etc/passwd',
    'no url',
  ])
    expect([url, sender.objectionTo(url), await post(sender, url)]).toEqual([
      url,
      expect.any(String),
      expect.any(String),
    ]);
  // A name that only its look-up shows to be within.
  const port = (server.address() as AddressInfo).port;
  expect(await post(sender, `https://localhost:${port}/fine`)).toBe('The URL is at no public address.');
  expect(asked).toEqual([]);
  await sender.close();
});
