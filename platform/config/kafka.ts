import { existsSync } from 'node:fs';
import { z } from 'zod';
import { StartError } from './start-error.js';

/** What the environment may say of Kafka. */
export const kafkaVariables = {
  PARLEY_KAFKA_BROKERS: z
    .string()
    .regex(/^\s*[^\s,:]+:\d{1,5}(\s*,\s*[^\s,:]+:\d{1,5})*\s*$/, 'expected host:port, separated by commas')
    .optional()
    .describe('Brokers of Kafka, host:port, separated by commas; without them the event log is in the database'),
  PARLEY_KAFKA_TLS: z.enum(['off', 'on']).default('off').describe('TLS to the brokers: off or on'),
  PARLEY_KAFKA_CA_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('Certificates (PEM) that those of the brokers are checked against; with PARLEY_KAFKA_TLS=on'),
  PARLEY_KAFKA_USERNAME: z.string().min(1).optional().describe('Signs in to the brokers by SASL SCRAM-SHA-512'),
  PARLEY_KAFKA_PASSWORD: z.string().min(1).optional().describe('Password of PARLEY_KAFKA_USERNAME'),
  PARLEY_KAFKA_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(12)
    .describe('Partitions of topics that are made at first start: so many processes can share a worker'),
  PARLEY_KAFKA_REPLICATION: z.coerce
    .number()
    .int()
    .min(1)
    .max(9)
    .default(1)
    .describe('Brokers that hold a copy of each topic made at first start; 3 in production'),
} as const;

export interface KafkaSettings {
  brokers: string[];
  tls: boolean;
  caFile: string | null;
  credentials: { username: string; password: string } | null;
  partitions: number;
  replication: number;
}

type Values = z.output<z.ZodObject<typeof kafkaVariables>>;

/** Null where no broker is named. Throws StartError where the variables do not fit together. */
export function readKafka(values: Values): KafkaSettings | null {
  const { PARLEY_KAFKA_BROKERS: brokers, PARLEY_KAFKA_CA_FILE: caFile } = values;
  const { PARLEY_KAFKA_USERNAME: username, PARLEY_KAFKA_PASSWORD: password } = values;
  if (brokers === undefined) return null;
  if ((username === undefined) !== (password === undefined))
    throw new StartError('PARLEY_KAFKA_USERNAME and PARLEY_KAFKA_PASSWORD go together. Set both or neither.');
  const tls = values.PARLEY_KAFKA_TLS === 'on';
  if (caFile !== undefined && !tls)
    throw new StartError('PARLEY_KAFKA_CA_FILE has no use without TLS. Set PARLEY_KAFKA_TLS=on, or leave it out.');
  if (caFile !== undefined && !existsSync(caFile))
    throw new StartError(
      `PARLEY_KAFKA_CA_FILE names ${caFile}, which is not there. Give a file of certificates (PEM).`,
    );
  return {
    brokers: brokers.split(',').map((each) => each.trim()),
    tls,
    caFile: caFile ?? null,
    credentials: username === undefined || password === undefined ? null : { username, password },
    partitions: values.PARLEY_KAFKA_PARTITIONS,
    replication: values.PARLEY_KAFKA_REPLICATION,
  };
}
