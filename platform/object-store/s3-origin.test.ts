import { expect, test } from '@jest/globals';
import { storeOrigin, type S3Config } from '../config/s3.js';
import { S3ObjectStore } from './s3.js';

const amazon: S3Config = {
  bucket: 'media',
  region: 'eu-north-1',
  endpoint: null,
  publicEndpoint: null,
  credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  checksum: 'checksum',
};

test.each<[name: string, config: S3Config]>([
  ["a bucket of Amazon's", amazon],
  ['one in its first region', { ...amazon, region: 'us-east-1' }],
  ['one whose name is no host name', { ...amazon, bucket: 'media.example.org' }],
  ['a store of one’s own', { ...amazon, endpoint: 'http://minio:9000' }],
  [
    'one that people reach elsewhere',
    { ...amazon, endpoint: 'http://minio:9000', publicEndpoint: 'https://files.example.org/store' },
  ],
  ["Amazon's under another name", { ...amazon, publicEndpoint: 'https://files.example.org' }],
])('the origin that a web page is allowed is that of the links: %s', async (_name, config) => {
  const store = new S3ObjectStore(config);
  const expiresAt = new Date(Date.now() + 60_000);
  const key = 'media/a/original';
  const grant = { key, contentType: 'image/png', expiresAt, disposition: 'inline', filename: 'a.png' } as const;
  const { url } = await store.signUpload({ key, contentType: 'image/png', size: 1, sha256: null, expiresAt });
  expect([url, await store.signDownload(grant)].map((link) => new URL(link).origin)).toEqual([
    storeOrigin(config),
    storeOrigin(config),
  ]);
  await store.close();
});
