import { readFileSync } from 'node:fs';
import kafkajs, { type Kafka, type KafkaConfig, type logCreator } from 'kafkajs';
import type { Log } from '../telemetry/log.js';

export interface KafkaConnection {
  /** host:port of some of them; the others are found. */
  brokers: readonly string[];
  tls?: boolean;
  /** PEM of the authority that signed the brokers' certificates, where the system does not know it. */
  caFile?: string | null;
  /** SASL SCRAM-SHA-512. */
  credentials?: { username: string; password: string } | null;
}

/** No request waits longer for its answer, so that a broker that went silent is noticed. */
const REQUEST_MS = 4_000;
const CONNECT_MS = 2_000;

export function kafkaClient(connection: KafkaConnection, log: Log): Kafka {
  const config: KafkaConfig = {
    clientId: 'parley',
    brokers: [...connection.brokers],
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 2, factor: 0.2 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: toLog(log),
  };
  if (connection.tls) config.ssl = connection.caFile ? { ca: [readFileSync(connection.caFile, 'utf8')] } : true;
  if (connection.credentials) config.sasl = { mechanism: 'scram-sha-512', ...connection.credentials };
  return new kafkajs.Kafka(config);
}

/** What the library finds worth an error is mostly tried again by it or by us, and told then. */
function toLog(log: Log): logCreator {
  return () =>
    ({ namespace, log: { message, error, stack: _, timestamp: __, logger: ___, ...more } }) =>
      log.debug({ ...more, err: error as unknown, part: namespace }, `kafka: ${message}`);
}
