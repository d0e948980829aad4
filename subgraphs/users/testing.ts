import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { execute, parse, type ExecutionResult } from 'graphql';
import { AccessTokens } from '../../platform/auth/access-token.js';
import type { Caller } from '../../platform/auth/caller.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import { usersSubgraph } from './subgraph.js';

/** The users subgraph on a real directory, with what it publishes kept for tests to look at. */
export async function openUsers(directory: DirectoryClient) {
  const published: { channel: string; message: string }[] = [];
  const remembered = new Map<string, number>();
  const pubsub: Partial<PubSub> = {
    publish: async (channel, message) => void published.push({ channel, message }),
  };
  const ephemeral: Partial<Ephemeral> = {
    set: async (key, _value, ttl) => void remembered.set(key, ttl),
  };
  const accessTokens = new AccessTokens(newKey());
  const subgraph = await usersSubgraph({
    directory,
    pubsub: pubsub as PubSub,
    ephemeral: ephemeral as Ephemeral,
    accessTokens,
    refreshSecret: randomBytes(32),
  });
  return {
    published,
    remembered,
    accessTokens,
    /** Executes one operation as this caller. */
    async run(caller: Caller, document: string, variables: Record<string, unknown> = {}): Promise<Answer> {
      const answer: ExecutionResult = await execute({
        schema: subgraph.schema,
        document: parse(document),
        variableValues: variables,
        contextValue: subgraph.contextFor(caller),
      });
      return JSON.parse(JSON.stringify(answer)) as Answer;
    },
  };
}

export interface Answer {
  // Tests read answers as they come.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
  errors?: { message: string; path?: (string | number)[]; extensions: { code?: string; retryable?: boolean } }[];
}

export function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

export const nobody: Caller = { kind: 'nobody', startedAt: 0, network: '192.0.2.0/24' };
export const hub: Caller = { kind: 'hub', startedAt: 0 };
