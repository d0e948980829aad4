import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import type { Tls } from '../http/listener.js';
import { parseRules, type Rules } from '../rate-limit/rules.js';
import { parseRedisUrl } from '../redis/address.js';
import { logLevels } from '../telemetry/log.js';
import { isPostgresUrl, parseHostAndPort, parsePorts, parseShardUrls, parseSubgraphUrls } from './addresses.js';
import { kafkaVariables, readKafka, type KafkaSettings } from './kafka.js';
import { notificationVariables, readNotifications, type NotificationTimes } from './notifications.js';
import { mediaVariables, readMedia, type MediaConfig } from './media.js';
import { parseIssuers, type OidcIssuer } from './oidc-issuers.js';
import { pushVariables, readPush, readVapidKeys, type PushSettings, type VapidKeys } from './push.js';
import { readWebhooks, webhookVariables, type WebhookSettings } from './webhooks.js';
import { readSearch, searchVariables, type SearchSettings } from './search.js';
import { readS3, s3Variables, type S3Config } from './s3.js';
import { StartError } from './start-error.js';

const port = z.coerce.number().int().min(0).max(65535);
const count = (smallest: number, largest: number) => z.coerce.number().int().min(smallest).max(largest);
const secret = z.string().min(32);

/** What the environment may say, with defaults. The README's table is checked against these descriptions. */
export const variables = {
  PARLEY_HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  PARLEY_PORT: port
    .default(4000)
    .describe('Port of /graphql: HTTP, SSE, sockets and the explorer; 0 takes any free one'),
  PARLEY_ADMIN_PORT: port.default(4001).describe('Port of /healthz, /readyz and /metrics; 0 takes any free one'),
  PARLEY_DATA_DIR: z
    .string()
    .min(1)
    .default('.parley')
    .describe('Folder of the embedded database and of secrets made at first start'),
  PARLEY_PUBLIC_URL: z.url().optional().describe('Where people reach this Parley, when that is not host and port'),
  PARLEY_LOG_LEVEL: z.enum(logLevels).default('info').describe('trace, debug, info, warn, error, fatal or silent'),
  PARLEY_SHARDS: count(1, 16).default(2).describe('Shards of the embedded database; fixed by the first start'),
  PARLEY_DATABASE_URL: z
    .string()
    .refine(isPostgresUrl)
    .optional()
    .describe(
      'Postgres of accounts and of the shard map, postgresql://user:password@host:port/database?sslmode=verify-full&sslrootcert=/ca.pem; without one, the embedded database',
    ),
  PARLEY_SHARD_URLS: z
    .string()
    .transform(parseShardUrls)
    .optional()
    .describe(
      'Postgres of each shard, separated by commas, as PARLEY_DATABASE_URL or name=postgresql://…; the names shard0, shard1 … unless given; the first start fixes them',
    ),
  PARLEY_DATABASE_CONNECTIONS: count(1, 1_000)
    .default(12)
    .describe('Connections of a process to each database at most, and up to 6 more for the way of a message'),
  PARLEY_SUBGRAPH_URLS: z
    .string()
    .transform(parseSubgraphUrls)
    .default(new Map())
    .describe('Subgraphs that run elsewhere, several instances each: users=http://10.0.0.1:4011,http://…;messages=…'),
  PARLEY_SUBGRAPH_PORT: port
    .optional()
    .describe('Port of the subgraph, where the process serves one; 0 takes any free one'),
  PARLEY_SUBGRAPH_PORTS: z
    .string()
    .transform(parsePorts)
    .prefault('users=4011,conversations=4012,messages=4013,presence=4014,media=4015,search=4016,notifications=4017')
    .describe('Ports of the subgraphs that the process serves; 0 takes any free one'),
  PARLEY_SUBGRAPHS_TAKE_ACCESS_TOKENS: z
    .enum(['off', 'on'])
    .default('off')
    .describe("Whether subgraphs take people's access tokens, for another federation router: off or on"),
  PARLEY_SUPERGRAPH: z
    .string()
    .optional()
    .describe(
      'Supergraph of the router, a file or a URL, read again when it changes; without one, schema/supergraph.graphql',
    ),
  PARLEY_ALLOWED_ORIGINS: z
    .string()
    .default('')
    .describe('Web origins, separated by commas, that may open sockets, besides the one it is served from'),
  PARLEY_TRUST_PROXY: z
    .enum(['on', 'off'])
    .default('off')
    .describe(
      'Whether a proxy that nobody can go around says who asks: the last address in X-Forwarded-For; on or off',
    ),
  PARLEY_INTROSPECTION: z
    .enum(['always', 'signed-in'])
    .default('always')
    .describe('Who may read the schema: always, or signed-in people only'),
  PARLEY_TRUSTED_DOCUMENTS: z
    .string()
    .default('')
    .describe('Manifests of documents, files separated by commas: only these documents are run; without any, all are'),
  PARLEY_MAX_COST: count(1, 1_000_000).default(10_000).describe('Highest static cost of one operation'),
  PARLEY_MAX_DEPTH: count(1, 100).default(15).describe('Deepest nesting of one operation'),
  PARLEY_MAX_ALIASES: count(0, 10_000).default(50).describe('Most aliases of one operation'),
  PARLEY_MAX_IN_FLIGHT: count(1, 100_000)
    .default(500)
    .describe('Requests under way at once; more are told to come back'),
  PARLEY_MAX_SOCKETS: count(1, 1_000_000).default(10_000).describe('Open sockets; more are refused'),
  PARLEY_RATE_LIMITS: z
    .string()
    .default('')
    .describe('Changes of the table in docs/limits.md, as in sendMessage.person=600/60, separated by commas; or off'),
  PARLEY_CURSOR_SECRET: secret.optional().describe('Seals cursors; 32 characters or more; made at first start'),
  PARLEY_VIEWER_SECRET: secret.optional().describe('Signs who a subgraph acts for; made at first start'),
  PARLEY_REFRESH_SECRET: secret.optional().describe('Derives refresh tokens; made at first start'),
  PARLEY_SIGNING_KEY: z
    .string()
    .startsWith('-----BEGIN PRIVATE KEY-----')
    .optional()
    .describe('Ed25519 key (PKCS #8, PEM) that signs access tokens; made at first start'),
  PARLEY_TLS_CERTIFICATE: z
    .string()
    .startsWith('-----BEGIN CERTIFICATE-----')
    .optional()
    .describe(
      'Certificate (PEM, with those between it and a known authority) that routers and subgraphs show: then they speak HTTPS',
    ),
  PARLEY_TLS_KEY: z.string().startsWith('-----BEGIN ').optional().describe('Its private key (PEM)'),
  PARLEY_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'OpenTelemetry collector that traces are sent to, as in http://localhost:4318; without one, none are made',
    ),
  PARLEY_TRACE_RATIO: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('The part of all operations that is traced, 0 to 1; one whose caller traces it is traced as well'),
  ...kafkaVariables,
  ...searchVariables,
  PARLEY_SMTP_URL: z
    .url({ protocol: /^smtps?$/, hostname: /^.+$/ })
    .optional()
    .describe(
      'Mail server, smtp://user:password@host:port or smtps://…; without one, mail is written to <data dir>/mail',
    ),
  PARLEY_MAIL_FROM: z
    .string()
    .regex(/^([^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/)
    .default('Parley <parley@localhost>')
    .describe('Sender of mail: an address, or Name <address>'),
  ...pushVariables,
  ...webhookVariables,
  ...notificationVariables,
  PARLEY_OIDC_ISSUERS: z
    .string()
    .transform(parseIssuers)
    .default([])
    .describe('OpenID Connect issuers whose id tokens sign people in: https://id.example.org=client-id|other-id, …'),
  PARLEY_REDIS_URL: z
    .string()
    .superRefine(checkRedisUrl)
    .optional()
    .describe(
      'Redis 7 that the processes share, redis://user:password@host:port/database, or rediss://… for TLS; several, separated by commas, are nodes of a Redis Cluster',
    ),
  PARLEY_REDIS_CA_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('Certificates (PEM) that the certificate of Redis is checked against; with rediss://'),
  ...s3Variables,
  ...mediaVariables,
  PARLEY_CLAMD_ADDRESS: z
    .string()
    .transform(parseHostAndPort)
    .optional()
    .describe('ClamAV that looks at uploads, host:port; without one, only the EICAR test file is found'),
  PARLEY_ADMINS: z
    .string()
    .default('')
    .describe('Verified e-mail addresses, or handles, separated by commas, that are made ADMIN when they sign in'),
} as const;

const secrets = [
  'PARLEY_CURSOR_SECRET',
  'PARLEY_VIEWER_SECRET',
  'PARLEY_REFRESH_SECRET',
  'PARLEY_SIGNING_KEY',
  'PARLEY_TLS_CERTIFICATE',
  'PARLEY_TLS_KEY',
  'PARLEY_KAFKA_PASSWORD',
  'PARLEY_SMTP_URL',
  'PARLEY_APNS_KEY',
  'PARLEY_FCM_SERVICE_ACCOUNT',
  'PARLEY_VAPID_PRIVATE_KEY',
  'PARLEY_DATABASE_URL',
  'PARLEY_SHARD_URLS',
  'PARLEY_REDIS_URL',
  'PARLEY_SEARCH_DATABASE_URL',
  'PARLEY_OPENSEARCH_URL',
  'PARLEY_S3_ACCESS_KEY_ID',
  'PARLEY_S3_SECRET_ACCESS_KEY',
] as const;
const schema = z.object(variables);

export interface Config {
  host: string;
  port: number;
  /** For routers and subgraphs; null: plain HTTP. */
  tls: Tls | null;
  adminPort: number;
  dataDir: string;
  publicUrl: string | null;
  logLevel: (typeof logLevels)[number];
  shards: number;
  /** `urls` null: the embedded database. */
  database: { urls: DatabaseUrls | null; connections: number };
  subgraphs: SubgraphAddresses;
  /** A path or a URL; null: the one that this version of Parley brings. */
  supergraph: string | null;
  allowedOrigins: string[];
  trustProxy: boolean;
  introspection: 'always' | 'signed-in';
  /** Paths of manifests; empty: every document is run. */
  trustedDocuments: string[];
  limits: Limits;
  rateLimits: Rules;
  /** Null: the event log is in the database. */
  kafka: KafkaSettings | null;
  search: SearchSettings;
  /** `smtpUrl` null: written to the data directory. */
  mail: { smtpUrl: string | null; from: string };
  push: PushSettings;
  webhooks: WebhookSettings;
  notifications: NotificationTimes;
  oidcIssuers: OidcIssuer[];
  /** Null: off. */
  tracing: { endpoint: string; ratio: number } | null;
  /** Null: pub/sub, presence, limits and caches are kept in this process. */
  redis: { url: string; caFile: string | null } | null;
  /** Null: files lie in the data directory. */
  s3: S3Config | null;
  media: MediaConfig;
  /** Null: no scanner. */
  clamd: { host: string; port: number } | null;
  /** E-mail addresses and handles, in lower case. */
  admins: string[];
  /** Those that are absent are made at first start and kept in the data directory. */
  secrets: { cursor?: string; viewer?: string; refresh?: string; signingKey?: string; vapid?: VapidKeys };
}
export interface DatabaseUrls {
  directory: string;
  /** By name, in the order given. */
  shards: ReadonlyMap<string, string>;
}
export interface SubgraphAddresses {
  /** Origins of the instances that run elsewhere, by subgraph. */
  urls: ReadonlyMap<string, readonly string[]>;
  /** Of those that this process serves; `port` where it serves one. */
  ports: ReadonlyMap<string, number>;
  port: number | null;
  /** Besides what a router signs. */
  takeAccessTokens: boolean;
}
export interface Limits {
  cost: number;
  depth: number;
  aliases: number;
  inFlight: number;
  sockets: number;
}

/** The configuration of this process. Throws StartError with a line for each bad variable. */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => name.startsWith('PARLEY_') && value !== undefined && value !== '',
    ),
  );
  for (const name of secrets) readSecretFile(name, given);
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new StartError(parsed.error.issues.map(explain).join('\n'));
  const values = parsed.data;
  return {
    host: values.PARLEY_HOST,
    port: values.PARLEY_PORT,
    tls: tlsOf(values),
    adminPort: values.PARLEY_ADMIN_PORT,
    dataDir: values.PARLEY_DATA_DIR,
    publicUrl: values.PARLEY_PUBLIC_URL ?? null,
    logLevel: values.PARLEY_LOG_LEVEL,
    shards: values.PARLEY_SHARDS,
    database: { urls: databaseUrls(values), connections: values.PARLEY_DATABASE_CONNECTIONS },
    subgraphs: {
      urls: values.PARLEY_SUBGRAPH_URLS,
      ports: values.PARLEY_SUBGRAPH_PORTS,
      port: values.PARLEY_SUBGRAPH_PORT ?? null,
      takeAccessTokens: values.PARLEY_SUBGRAPHS_TAKE_ACCESS_TOKENS === 'on',
    },
    supergraph: values.PARLEY_SUPERGRAPH ?? null,
    allowedOrigins: listOf(values.PARLEY_ALLOWED_ORIGINS),
    trustProxy: values.PARLEY_TRUST_PROXY === 'on',
    introspection: values.PARLEY_INTROSPECTION,
    trustedDocuments: listOf(values.PARLEY_TRUSTED_DOCUMENTS),
    limits: {
      cost: values.PARLEY_MAX_COST,
      depth: values.PARLEY_MAX_DEPTH,
      aliases: values.PARLEY_MAX_ALIASES,
      inFlight: values.PARLEY_MAX_IN_FLIGHT,
      sockets: values.PARLEY_MAX_SOCKETS,
    },
    rateLimits: parseRules(values.PARLEY_RATE_LIMITS),
    kafka: readKafka(values),
    search: readSearch(values),
    mail: { smtpUrl: values.PARLEY_SMTP_URL ?? null, from: values.PARLEY_MAIL_FROM },
    push: readPush(values),
    webhooks: readWebhooks(values),
    notifications: readNotifications(values),
    oidcIssuers: values.PARLEY_OIDC_ISSUERS,
    tracing: values.PARLEY_OTLP_ENDPOINT
      ? { endpoint: values.PARLEY_OTLP_ENDPOINT, ratio: values.PARLEY_TRACE_RATIO }
      : null,
    redis:
      values.PARLEY_REDIS_URL === undefined
        ? null
        : { url: values.PARLEY_REDIS_URL, caFile: values.PARLEY_REDIS_CA_FILE ?? null },
    s3: readS3(values),
    media: readMedia(values),
    clamd: values.PARLEY_CLAMD_ADDRESS ?? null,
    admins: listOf(values.PARLEY_ADMINS.toLowerCase()),
    secrets: {
      cursor: values.PARLEY_CURSOR_SECRET,
      viewer: values.PARLEY_VIEWER_SECRET,
      refresh: values.PARLEY_REFRESH_SECRET,
      signingKey: values.PARLEY_SIGNING_KEY,
      vapid: readVapidKeys(values),
    },
  };
}

function tlsOf({ PARLEY_TLS_CERTIFICATE, PARLEY_TLS_KEY }: z.infer<typeof schema>): Tls | null {
  if (PARLEY_TLS_CERTIFICATE && PARLEY_TLS_KEY) {
    try {
      createSecureContext({ cert: PARLEY_TLS_CERTIFICATE, key: PARLEY_TLS_KEY });
    } catch (error) {
      throw new StartError(`PARLEY_TLS_CERTIFICATE and PARLEY_TLS_KEY are no pair: ${(error as Error).message}.`);
    }
    return { certificate: PARLEY_TLS_CERTIFICATE, key: PARLEY_TLS_KEY };
  }
  if (!PARLEY_TLS_CERTIFICATE && !PARLEY_TLS_KEY) return null;
  throw new StartError('PARLEY_TLS_CERTIFICATE and PARLEY_TLS_KEY belong together. Set both, or neither.');
}

function databaseUrls({ PARLEY_DATABASE_URL, PARLEY_SHARD_URLS }: z.infer<typeof schema>): DatabaseUrls | null {
  if (PARLEY_DATABASE_URL && PARLEY_SHARD_URLS) return { directory: PARLEY_DATABASE_URL, shards: PARLEY_SHARD_URLS };
  if (!PARLEY_DATABASE_URL && !PARLEY_SHARD_URLS) return null;
  throw new StartError('PARLEY_DATABASE_URL and PARLEY_SHARD_URLS belong together. Set both, or neither.');
}

function checkRedisUrl(text: string, context: z.RefinementCtx): void {
  try {
    parseRedisUrl(text);
  } catch (error) {
    context.addIssue((error as Error).message);
  }
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
}

function readSecretFile(name: string, given: Record<string, string | undefined>): void {
  const file = given[`${name}_FILE`];
  if (file === undefined) return;
  if (given[name] !== undefined) throw new StartError(`${name} and ${name}_FILE are both set. Keep one of them.`);
  try {
    const content = readFileSync(file, 'utf8').trim();
    // As an empty variable.
    if (content !== '') given[name] = content;
  } catch (error) {
    throw new StartError(`${name}_FILE names ${file}, which cannot be read. Give a file that this user may read.`, {
      cause: error,
    });
  }
}

function explain(issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0]);
  const field = (variables as Record<string, z.ZodType>)[name];
  return `${name} is not valid: ${issue.message}. It is: ${field?.description ?? 'unknown'}.`;
}
