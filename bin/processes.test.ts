import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../platform/config/config.js';
import { readProcesses, workerNames } from './processes.js';
import { askedOf, requireShared } from './requirements.js';

const shared = {
  PARLEY_DATABASE_URL: 'postgresql://db/directory',
  PARLEY_SHARD_URLS: 'postgresql://db/shard0',
  PARLEY_SEARCH_DATABASE_URL: 'postgresql://db/search',
  PARLEY_S3_BUCKET: 'parley',
  PARLEY_REDIS_URL: 'redis://redis',
  PARLEY_PUBLIC_URL: 'https://chat.example.org',
  PARLEY_CURSOR_SECRET: 'c'.repeat(32),
  PARLEY_VIEWER_SECRET: 'v'.repeat(32),
  PARLEY_REFRESH_SECRET: 'r'.repeat(32),
  PARLEY_SIGNING_KEY: '-----BEGIN PRIVATE KEY-----',
  PARLEY_VAPID_PRIVATE_KEY: 'v'.repeat(43),
  PARLEY_SUBGRAPH_URLS:
    'users=http://u:1;conversations=http://c:1;messages=http://m:1;presence=http://p:1;media=http://x:1;search=http://s:1;notifications=http://n:1',
};
const check = (names: string[], environment: Record<string, string>) => () =>
  requireShared(readConfig(environment), readProcesses(names));

describe('which processes to run', () => {
  test('any set of them, and what it is made of', () => {
    expect(readProcesses(['all'])).toMatchObject({ isWhole: true, router: true });
    expect(
      readProcesses([
        'router',
        'users',
        'conversations',
        'messages',
        'presence',
        'media',
        'search',
        'notifications',
        'workers',
      ]).isWhole,
    ).toBe(true);
    const some = readProcesses(['messages', 'relay', 'relay', 'deliver']);
    expect(some).toMatchObject({ names: ['messages', 'relay', 'deliver'], router: false, isWhole: false });
    expect([...some.subgraphs]).toEqual(['messages']);
    expect([...some.workers]).toEqual(['relay', 'deliver']);
    expect([...readProcesses(['workers']).workers]).toEqual(workerNames);
  });

  test.each([[[]], [['everything']], [['router', 'user']]])('%j is answered with what there is', (names) => {
    expect(() => readProcesses(names)).toThrow(/router, users, .* workers .* relay, deliver/);
  });
});

describe('what processes that run apart share', () => {
  test('is named line by line where it is missing', () => {
    expect(check(['users'], {})).toThrow(
      /^Processes that run apart \(users here\)[^]*PARLEY_DATABASE_URL and PARLEY_SHARD_URLS: [^]*PARLEY_REDIS_URL: [^]*PARLEY_VIEWER_SECRET: .*openssl[^]*PARLEY_CURSOR_SECRET[^]*PARLEY_REFRESH_SECRET[^]*PARLEY_SIGNING_KEY[^]*PARLEY_PUBLIC_URL[^]*PARLEY_SUBGRAPH_URLS: where conversations runs[^]*where messages runs/,
    );
    for (const names of [
      ['router'],
      ['users'],
      ['conversations'],
      ['messages'],
      ['presence'],
      ['media'],
      ['search'],
      ['notifications'],
      ['workers'],
    ])
      expect(check(names, shared)).not.toThrow();
  });

  test('is no more than what each of them uses', () => {
    const { PARLEY_REDIS_URL, PARLEY_VIEWER_SECRET, PARLEY_SIGNING_KEY, PARLEY_SUBGRAPH_URLS } = shared;
    const ofRouter = { PARLEY_REDIS_URL, PARLEY_VIEWER_SECRET, PARLEY_SIGNING_KEY, PARLEY_SUBGRAPH_URLS };
    expect(check(['router'], ofRouter)).not.toThrow();
    expect(check(['router'], { ...ofRouter, PARLEY_SIGNING_KEY: '' })).toThrow(/PARLEY_SIGNING_KEY/);
    expect(check(['router'], { ...ofRouter, PARLEY_REDIS_URL: '' })).toThrow(/PARLEY_REDIS_URL/);
    for (const name of ['search', 'workers', 'index-users'])
      expect(check([name], { ...shared, PARLEY_SEARCH_DATABASE_URL: '' })).toThrow(/PARLEY_OPENSEARCH_URL or/);
    for (const name of ['messages', 'deliver'])
      expect(check([name], { ...shared, PARLEY_SEARCH_DATABASE_URL: '' })).not.toThrow();
    expect(askedOf(readProcesses(['router', 'users', 'messages']))).toEqual([
      'conversations',
      'presence',
      'media',
      'search',
      'notifications',
    ]);
    expect(askedOf(readProcesses(['sweep-presence']))).toEqual(['users']);
  });

  test('is nothing where all of Parley runs in one process', () => {
    expect(check(['all'], {})).not.toThrow();
  });
});
