import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import webPush from 'web-push';
import { parseRedisUrl } from '../redis/address.js';
import { readConfig, variables } from './config.js';
import { packageRoot } from './package-root.js';
import { vapidKeysOf } from './push.js';
import { loadSecrets } from './secrets.js';

describe('the configuration', () => {
  test('has defaults for everything', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      adminPort: 4001,
      dataDir: '.parley',
      shards: 2,
    });
  });

  test.each([
    ['PARLEY_PORT', 'abc'],
    ['PARLEY_PORT', '70000'],
    ['PARLEY_LOG_LEVEL', 'loud'],
    ['PARLEY_PUBLIC_URL', 'chat'],
    ['PARLEY_SHARDS', '0'],
    ['PARLEY_CURSOR_SECRET', 'short'],
    ['PARLEY_SIGNING_KEY', 'x'],
    ['PARLEY_SMTP_URL', 'http://mail.example.org'],
    ['PARLEY_MAIL_FROM', 'nobody'],
    ['PARLEY_REDIS_URL', 'localhost:6379'],
    ['PARLEY_REDIS_URL', 'redis://localhost/chat'],
    ['PARLEY_REDIS_URL', 'redis://10.0.0.1,rediss://10.0.0.2'],
    ['PARLEY_REDIS_URL', 'redis://10.0.0.1/1,redis://10.0.0.2/1'],
    ['PARLEY_REDIS_URL', ' , '],
    ['PARLEY_KAFKA_BROKERS', 'kafka'],
    ['PARLEY_KAFKA_PARTITIONS', '0'],
    ['PARLEY_SEARCH_DATABASE_URL', 'mysql://db.example.org'],
    ['PARLEY_OPENSEARCH_URL', 'search.example.org'],
    ['PARLEY_OPENSEARCH_URL', ' , '],
    ['PARLEY_OPENSEARCH_URL', 'redis://search.example.org'],
    ['PARLEY_OPENSEARCH_URL', 'http://search.example.org/messages'],
    ['PARLEY_OPENSEARCH_URL', 'https://a:b@one.example.org,https://a:c@two.example.org'],
    ['PARLEY_OIDC_ISSUERS', 'https://id.example.org'],
    ['PARLEY_OIDC_ISSUERS', 'http://id.example.org=parley'],
    ['PARLEY_DATABASE_URL', 'mysql://db.example.org'],
    ['PARLEY_SHARD_URLS', 'shard0=postgresql://a/b,shard0=postgresql://a/c'],
    ['PARLEY_SHARD_URLS', 'Shard 0=postgresql://a/b'],
    ['PARLEY_SHARD_URLS', 'shard0=db.example.org'],
    ['PARLEY_SUBGRAPH_URLS', 'users'],
    ['PARLEY_SUBGRAPH_URLS', 'users=http://10.0.0.1:4011/graphql'],
    ['PARLEY_SUBGRAPH_PORTS', 'users=many'],
    ['PARLEY_APNS_KEY', 'AuthKey.p8'],
    ['PARLEY_APNS_ENDPOINT', 'http://api.push.apple.com'],
    ['PARLEY_FCM_SERVICE_ACCOUNT', '{'],
    ['PARLEY_FCM_SERVICE_ACCOUNT', '{"project_id":"a","client_email":"b","private_key":"c"}'],
    ['PARLEY_VAPID_PUBLIC_KEY', 'BPub'],
    ['PARLEY_VAPID_SUBJECT', 'ann@example.org'],
    ['PARLEY_VAPID_SUBJECT', 'https://localhost:4000'],
  ])('a bad %s (%s) is named, with what is allowed', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name} is not valid: .+ It is: .+\\.$`));
  });

  test.each([
    [{ PARLEY_TLS_KEY: '-----BEGIN PRIVATE KEY-----' }, /belong together/],
    [{ PARLEY_TLS_CERTIFICATE: '-----BEGIN CERTIFICATE-----' }, /belong together/],
    [
      { PARLEY_TLS_CERTIFICATE: '-----BEGIN CERTIFICATE-----', PARLEY_TLS_KEY: '-----BEGIN PRIVATE KEY-----' },
      /no pair/,
    ],
  ])('a certificate without its key is no TLS', (given, why) => {
    expect(() => readConfig(given)).toThrow(why);
  });

  test('reads lists', () => {
    const { oidcIssuers, admins } = readConfig({
      PARLEY_OIDC_ISSUERS: 'https://id.example.org/=web|ios, http://127.0.0.1:8080=parley',
      PARLEY_ADMINS: 'Ann@example.org, root_1',
    });
    expect(oidcIssuers).toEqual([
      { issuer: 'https://id.example.org/', audiences: ['web', 'ios'] },
      { issuer: 'http://127.0.0.1:8080', audiences: ['parley'] },
    ]);
    expect(admins).toEqual(['ann@example.org', 'root_1']);
  });

  test('says where Redis is, if anywhere', () => {
    expect(readConfig({}).redis).toBeNull();
    const url = 'rediss://parley:p%40ss@10.0.0.1:6380,rediss://10.0.0.2';
    expect(readConfig({ PARLEY_REDIS_URL: url, PARLEY_REDIS_CA_FILE: 'ca.pem' }).redis).toEqual({
      url,
      caFile: 'ca.pem',
    });
    expect(parseRedisUrl(url)).toEqual({
      nodes: [
        { host: '10.0.0.1', port: 6380 },
        { host: '10.0.0.2', port: 6379 },
      ],
      isTls: true,
      username: 'parley',
      password: 'p@ss',
      database: 0,
    });
    expect(parseRedisUrl('redis://[::1]:7000/3')).toMatchObject({ nodes: [{ host: '::1', port: 7000 }], database: 3 });
  });

  test('reads where databases and subgraphs are', () => {
    const { database, subgraphs } = readConfig({
      PARLEY_DATABASE_URL: 'postgresql://parley@db/directory?sslmode=require',
      PARLEY_SHARD_URLS: 'postgresql://a/one, postgres://b/two?application_name=x, west=postgresql://c/three',
      PARLEY_SUBGRAPH_URLS: 'users=http://10.0.0.1:4011/,http://[::1]:4011; messages=https://messages.example.org',
      PARLEY_SUBGRAPH_PORTS: 'users=5011',
    });
    expect(database.urls?.directory).toBe('postgresql://parley@db/directory?sslmode=require');
    expect([...database.urls!.shards]).toEqual([
      ['shard0', 'postgresql://a/one'],
      ['shard1', 'postgres://b/two?application_name=x'],
      ['west', 'postgresql://c/three'],
    ]);
    expect(Object.fromEntries(subgraphs.urls)).toEqual({
      users: ['http://10.0.0.1:4011', 'http://[::1]:4011'],
      messages: ['https://messages.example.org'],
    });
    expect(subgraphs.ports.get('users')).toBe(5011);
    expect(() => readConfig({ PARLEY_DATABASE_URL: 'postgresql://db/directory' })).toThrow(/PARLEY_SHARD_URLS.*both/);
  });

  test('is what the README says', () => {
    const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| `(PARLEY_\w+)` \| .*? \| (.*) \|$/gm)];
    const plain = (text: string) => text.replaceAll('`', '').replaceAll('\\|', '|');
    expect(Object.fromEntries(rows.map(([, name, text]) => [name, plain(text!)]))).toEqual(
      Object.fromEntries(Object.entries(variables).map(([name, type]) => [name, plain(type.description!)])),
    );
  });

  test('reads what there is of Kafka, and says what does not fit together', () => {
    expect(readConfig({}).kafka).toBeNull();
    const brokers = { PARLEY_KAFKA_BROKERS: 'a.example:9092, b.example:9093' };
    const signIn = { PARLEY_KAFKA_USERNAME: 'parley', PARLEY_KAFKA_PASSWORD: 'secret' };
    expect(readConfig({ ...brokers, ...signIn, PARLEY_KAFKA_TLS: 'on', PARLEY_KAFKA_REPLICATION: '3' }).kafka).toEqual({
      brokers: ['a.example:9092', 'b.example:9093'],
      tls: true,
      caFile: null,
      credentials: { username: 'parley', password: 'secret' },
      partitions: 12,
      replication: 3,
    });
    expect(() => readConfig({ ...brokers, PARLEY_KAFKA_USERNAME: 'parley' })).toThrow(/Set both or neither/);
    expect(() => readConfig({ ...brokers, PARLEY_KAFKA_CA_FILE: '/none' })).toThrow(/PARLEY_KAFKA_TLS=on/);
    expect(() => readConfig({ ...brokers, PARLEY_KAFKA_TLS: 'on', PARLEY_KAFKA_CA_FILE: '/none' })).toThrow(
      /not there/,
    );
  });

  test('reads what there is of push, and says what does not fit together', () => {
    expect(readConfig({ PARLEY_MAIL_FROM: 'Parley <parley@example.org>' }).push).toEqual({
      apns: null,
      fcm: null,
      webPush: { subject: 'mailto:parley@example.org', allowsPrivateAddresses: false },
    });
    expect(() => readConfig({ PARLEY_APNS_TOPIC: 'org.example.chat' })).toThrow(/PARLEY_APNS_KEY_ID.*all of them/);
    const [one, other] = [webPush.generateVAPIDKeys(), webPush.generateVAPIDKeys()];
    const given = { PARLEY_VAPID_PUBLIC_KEY: one.publicKey, PARLEY_VAPID_PRIVATE_KEY: one.privateKey };
    expect(readConfig(given).secrets.vapid).toEqual(one);
    expect(readConfig({ PARLEY_VAPID_PRIVATE_KEY: one.privateKey }).secrets.vapid).toEqual(one);
    expect(() => readConfig({ PARLEY_VAPID_PUBLIC_KEY: one.publicKey })).toThrow(/Set both/);
    expect(() => readConfig({ ...given, PARLEY_VAPID_PRIVATE_KEY: other.privateKey })).toThrow(/not that of/);
    expect(() => readConfig({ PARLEY_VAPID_PRIVATE_KEY: 'A'.repeat(43) })).toThrow(/no key of curve/);
  });

  test('says nothing of a service account that it cannot read', () => {
    const bad = JSON.stringify({ project_id: 'a', client_email: 'b', private_key: 'TOP SECRET' });
    expect(() => readConfig({ PARLEY_FCM_SERVICE_ACCOUNT: bad })).not.toThrow(/TOP SECRET/);
  });

  test('reads where the search index is', () => {
    expect(readConfig({}).search).toEqual({ databaseUrl: null, openSearch: null });
    const databaseUrl = 'postgresql://db/search';
    expect(readConfig({ PARLEY_SEARCH_DATABASE_URL: databaseUrl }).search).toEqual({ databaseUrl, openSearch: null });
    const nodes = {
      PARLEY_OPENSEARCH_URL: 'https://parley:p%40ss@one.example:9200, https://parley:p%40ss@two.example',
    };
    expect(readConfig(nodes).search.openSearch).toEqual({
      nodes: ['https://one.example:9200', 'https://two.example'],
      credentials: { username: 'parley', password: 'p@ss' },
      caFile: null,
    });
    expect(() => readConfig({ ...nodes, PARLEY_SEARCH_DATABASE_URL: databaseUrl })).toThrow(/Keep one/);
    expect(() => readConfig({ ...nodes, PARLEY_OPENSEARCH_CA_FILE: '/none' })).toThrow(/not there/);
    const plain = { PARLEY_OPENSEARCH_URL: 'http://one.example:9200', PARLEY_OPENSEARCH_CA_FILE: '/none' };
    expect(() => readConfig(plain)).toThrow(/no use without https/);
  });

  test('names every bad variable at once', () => {
    expect(() => readConfig({ PARLEY_PORT: 'x', PARLEY_SHARDS: 'y' })).toThrow(/PARLEY_PORT[^]*\n[^]*PARLEY_SHARDS/);
  });

  test('reads a secret from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'parley-secret-')), 'secret');
    writeFileSync(file, `${'s'.repeat(40)}\n`);
    expect(readConfig({ PARLEY_CURSOR_SECRET_FILE: file }).secrets.cursor).toBe('s'.repeat(40));
    expect(() => readConfig({ PARLEY_CURSOR_SECRET_FILE: `${file}.none` })).toThrow(/cannot be read/);
    writeFileSync(file, '\n');
    expect(readConfig({ PARLEY_CURSOR_SECRET_FILE: file }).secrets.cursor).toBeUndefined();
  });
});

test('secrets are made once and kept for this user alone', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-secrets-'));
  const first = loadSecrets(dataDir, {});
  expect(loadSecrets(dataDir, {})).toEqual(first);
  expect(statSync(join(dataDir, 'secrets', 'cursor')).mode & 0o777).toBe(0o600);
  expect(first.vapid).toEqual(vapidKeysOf(first.vapid.privateKey));
  expect(loadSecrets(dataDir, { cursor: 'c'.repeat(32) }).cursor.toString()).toBe('c'.repeat(32));
});

describe('the object store and the scanner', () => {
  test('S3 is chosen by its bucket', () => {
    expect(readConfig({}).s3).toBeNull();
    expect(readConfig({ PARLEY_S3_BUCKET: 'files' }).s3).toMatchObject({ endpoint: null, credentials: null });
    const given = { PARLEY_S3_BUCKET: 'files', PARLEY_S3_ENDPOINT: 'http://minio:9000/' };
    expect(readConfig({ ...given, PARLEY_S3_ACCESS_KEY_ID: 'a', PARLEY_S3_SECRET_ACCESS_KEY: 'b' }).s3).toMatchObject({
      endpoint: 'http://minio:9000',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    expect(() => readConfig({ ...given, PARLEY_S3_ACCESS_KEY_ID: 'a' })).toThrow(/go together/);
    expect(() => readConfig({ PARLEY_S3_ENDPOINT: 'http://minio:9000' })).toThrow(/PARLEY_S3_BUCKET/);
  });

  test.each(['clamd', 'clamd:0', 'clamd:99999', 'http://clamd:3310', ':3310'])(
    '%s is no address of clamd',
    (address) => {
      expect(() => readConfig({ PARLEY_CLAMD_ADDRESS: address })).toThrow(/PARLEY_CLAMD_ADDRESS/);
      expect(readConfig({ PARLEY_CLAMD_ADDRESS: 'clamd:3310' }).clamd).toEqual({ host: 'clamd', port: 3310 });
      expect(readConfig({ PARLEY_CLAMD_ADDRESS: '[::1]:3310' }).clamd).toEqual({ host: '::1', port: 3310 });
    },
  );
});
