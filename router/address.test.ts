import type { IncomingMessage } from 'node:http';
import { expect, test } from '@jest/globals';
import { addressOf } from './sockets.js';

const request = (forwarded?: string) =>
  ({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress: '10.0.0.9' },
  }) as unknown as IncomingMessage;

test('who asks is the peer; behind a trusted proxy, what that proxy added, and nothing that the client made up', () => {
  expect(addressOf(request('203.0.113.7'), false)).toBe('10.0.0.9');
  expect(addressOf(request('203.0.113.7'), true)).toBe('203.0.113.7');
  expect(addressOf(request('198.51.100.1, 203.0.113.7'), true)).toBe('203.0.113.7');
  expect(addressOf(request(), true)).toBe('10.0.0.9');
});
