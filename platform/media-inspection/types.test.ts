import { describe, expect, test } from '@jest/globals';
import type { Claim } from './port.js';
import { agreedType } from './types.js';

const agreed = (kind: Claim['kind'], contentType: string, sniffed: string | null) =>
  agreedType({ kind, contentType, filename: 'a' }, sniffed);

describe('what an upload is', () => {
  test.each([
    ['IMAGE', 'image/jpeg', 'image/jpeg', 'image/jpeg'],
    ['IMAGE', 'image/jpg', 'image/jpeg', 'image/jpeg'],
    ['VOICE', 'audio/webm;codecs=opus', 'video/webm', 'audio/webm'],
    ['VOICE', 'audio/ogg', 'audio/ogg; codecs=opus', 'audio/ogg'],
    ['AUDIO', 'audio/x-m4a', 'audio/x-m4a', 'audio/mp4'],
    ['VIDEO', 'video/mp4', 'video/quicktime', 'video/mp4'],
    ['FILE', 'text/plain', null, 'text/plain'],
    ['FILE', 'text/html', null, 'text/html'],
    ['FILE', 'image/svg+xml', 'application/xml', 'image/svg+xml'],
    [
      'FILE',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/zip',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
    ['FILE', 'application/octet-stream', 'application/pdf', 'application/pdf'],
    ['FILE', 'application/octet-stream', null, 'application/octet-stream'],
  ] as const)('%s of %s with the bytes of %s is %s', (kind, claimed, sniffed, type) => {
    expect(agreed(kind, claimed, sniffed)).toBe(type);
  });

  test.each([
    ['IMAGE', 'image/jpeg', null],
    ['IMAGE', 'image/jpeg', 'image/png'],
    ['IMAGE', 'image/svg+xml', 'application/xml'],
    ['IMAGE', 'image/svg+xml', 'image/svg+xml'],
    ['IMAGE', 'application/pdf', 'application/pdf'],
    ['VIDEO', 'video/mp4', 'audio/mpeg'],
    ['AUDIO', 'audio/mpeg', null],
    ['FILE', 'application/pdf', 'application/x-msdownload'],
    ['FILE', 'application/pdf', null],
    ['FILE', 'image/png', null],
    ['FILE', 'text/plain', 'application/x-elf'],
  ] as const)('%s of %s does not go with the bytes of %s', (kind, claimed, sniffed) => {
    expect(agreed(kind, claimed, sniffed)).toBeNull();
  });
});
