import { z } from 'zod';
import { StartError } from './start-error.js';

/** What the environment may say of S3. */
export const s3Variables = {
  PARLEY_S3_BUCKET: z
    .string()
    .min(3)
    .optional()
    .describe('Bucket of S3, or of a store that speaks as it does; without one, files lie in `<data dir>/objects`'),
  PARLEY_S3_REGION: z.string().min(1).default('us-east-1').describe('Region of the bucket'),
  PARLEY_S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where the store is, as in http://minio:9000; without one, Amazon's"),
  PARLEY_S3_PUBLIC_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where people reach the store, when that is not PARLEY_S3_ENDPOINT'),
  PARLEY_S3_ACCESS_KEY_ID: z
    .string()
    .min(1)
    .optional()
    .describe("Signs in to the store; without one, what the AWS SDK finds, as a machine's role"),
  PARLEY_S3_SECRET_ACCESS_KEY: z.string().min(1).optional().describe('Secret of PARLEY_S3_ACCESS_KEY_ID'),
  PARLEY_S3_CHECKSUM: z
    .enum(['checksum', 'content'])
    .default('checksum')
    .describe(
      'By which header uploads are signed with their SHA-256: checksum (x-amz-checksum-sha256), or content (x-amz-content-sha256), for Ceph',
    ),
} as const;

export interface S3Config {
  bucket: string;
  region: string;
  endpoint: string | null;
  publicEndpoint: string | null;
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
  checksum: 'checksum' | 'content';
}

/** Where people's links to the store lead, as an origin. Buckets of Amazon's are hosts, but for names with dots. */
export function storeOrigin({ bucket, region, endpoint, publicEndpoint }: S3Config): string {
  const address = new URL(publicEndpoint ?? endpoint ?? `https://s3.${region}.amazonaws.com`);
  const isHost = endpoint === null && !bucket.includes('.');
  return `${address.protocol}//${isHost ? `${bucket}.` : ''}${address.host}`;
}

type Values = z.output<z.ZodObject<typeof s3Variables>>;

/** Null where no bucket is named. Throws StartError where the variables do not fit together. */
export function readS3(values: Values): S3Config | null {
  const { PARLEY_S3_BUCKET: bucket, PARLEY_S3_ENDPOINT: endpoint = null } = values;
  const { PARLEY_S3_ACCESS_KEY_ID: accessKeyId, PARLEY_S3_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new StartError('PARLEY_S3_ACCESS_KEY_ID and PARLEY_S3_SECRET_ACCESS_KEY go together. Set both or neither.');
  if (bucket === undefined) {
    if (endpoint !== null) throw new StartError('PARLEY_S3_ENDPOINT has no use without PARLEY_S3_BUCKET. Set both.');
    return null;
  }
  return {
    bucket,
    region: values.PARLEY_S3_REGION,
    endpoint: endpoint?.replace(/\/$/, '') ?? null,
    publicEndpoint: values.PARLEY_S3_PUBLIC_ENDPOINT?.replace(/\/$/, '') ?? null,
    credentials: accessKeyId === undefined || secretAccessKey === undefined ? null : { accessKeyId, secretAccessKey },
    checksum: values.PARLEY_S3_CHECKSUM,
  };
}
