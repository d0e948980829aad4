/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access,
   @typescript-eslint/no-unsafe-return -- tests read answers as they come */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { execute, parse, type ExecutionResult } from 'graphql';
import { AccessTokens } from '../../platform/auth/access-token.js';
import type { Caller, Person } from '../../platform/auth/caller.js';
import { testAvatars } from '../../platform/avatars/testing.js';
import type { OidcIssuer } from '../../platform/config/oidc-issuers.js';
import { Cursors } from '../../platform/cursors/cursors.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import { EmbeddedEphemeral } from '../../platform/ephemeral/embedded.js';
import { toPublicId } from '../../platform/ids/ids.js';
import type { Letter, Mail } from '../../platform/mail/port.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Limits } from '../../platform/rate-limit/limits.js';
import { silentLog } from '../../platform/telemetry/log.js';
import type { Reportables } from '../../schema/reportables.js';
import { waitFor } from '../../tests/wait-for.js';
import { usersSubgraph } from './subgraph.js';

export interface TestUsersOptions {
  oidcIssuers?: OidcIssuer[];
  admins?: string[];
  reportables?: Reportables;
  limits?: Limits;
}

/** The users subgraph on a real directory, with what it publishes kept for tests to look at. */
export async function openUsers(directory: DirectoryClient, options: TestUsersOptions = {}) {
  const published: { channel: string; message: string }[] = [];
  const remembered = new Map<string, number>();
  const pubsub: Partial<PubSub> = {
    publish: async (channel, message) => void published.push({ channel, message }),
  };
  const ephemeral = new EmbeddedEphemeral();
  const set = ephemeral.set.bind(ephemeral);
  ephemeral.set = (key, value, ttl) => {
    remembered.set(key, ttl);
    return set(key, value, ttl);
  };
  const letters: Letter[] = [];
  const mail: Mail = {
    send: async (letter) => void letters.push(letter),
    close: async () => undefined,
  };
  const images = new Set<string>();
  const accessTokens = new AccessTokens(newKey());
  const subgraph = await usersSubgraph({
    directory,
    pubsub: pubsub as PubSub,
    ephemeral,
    mail,
    log: silentLog(),
    accessTokens,
    cursors: new Cursors(randomBytes(32)),
    refreshSecret: randomBytes(32),
    publicUrl: () => 'https://chat.example.org',
    oidcIssuers: options.oidcIssuers ?? [],
    admins: options.admins ?? [],
    limits: options.limits,
    avatars: testAvatars(images),
    reportables: options.reportables ?? { excerptOf: async () => null, authorOf: async () => null },
  });
  async function run(caller: Caller, document: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const answer: ExecutionResult = await execute({
      schema: subgraph.schema,
      document: parse(document),
      variableValues: variables,
      contextValue: subgraph.contextFor(caller),
    });
    return JSON.parse(JSON.stringify(answer)) as Answer;
  }
  /** The payload of one mutation; fails where there is a GraphQL error. */
  async function mutate(caller: Caller, name: string, input: object, fields: string) {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} errors { code path message retryAt } } }`;
    const { data, errors } = await run(caller, document, { input });
    if (errors) throw new Error(JSON.stringify(errors));
    return data[name];
  }
  async function personOf(session: { accessToken: string }): Promise<TestPerson> {
    const { userId, deviceId } = (await accessTokens.verify(session.accessToken))!;
    return { kind: 'person', userId, deviceId, startedAt: 0, publicId: toPublicId('user', userId) };
  }
  return {
    /** What people may choose as a picture: "user media", UUIDs. */
    images,
    published,
    remembered,
    accessTokens,
    letters,
    people: subgraph.people,
    /** Resolves once no letter is on its way. */
    mailed: () => subgraph.stop(),
    /** Executes one operation as this caller. */
    run,
    mutate,
    personOf,
    /** `<handle>@example.org`, with the password that all have. */
    async signUp(handle: string, more: object = {}): Promise<TestPerson> {
      const input = { email: `${handle}@example.org`, password, handle, displayName: handle, device, ...more };
      const { session, errors } = await mutate(nobody, 'signUp', input, 'session { accessToken }');
      if (!session) throw new Error(JSON.stringify(errors));
      return personOf(session as { accessToken: string });
    },
    /** The link or code of the newest letter to this address. */
    async actionFor(address: string, subject: string): Promise<string> {
      return waitFor(
        `a letter for ${address}`,
        () => letters.findLast((letter) => letter.to === address && letter.subject.includes(subject))?.action,
      );
    },
  };
}

export type TestPerson = Person & { publicId: string };
export const password = 'correct horse';
export const device = { name: 'Laptop', platform: 'WEB' };

export interface Answer {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
  errors?: { message: string; path?: (string | number)[]; extensions: { code?: string; retryable?: boolean } }[];
}

export function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

export const nobody: Caller = { kind: 'nobody', startedAt: 0, network: '192.0.2.0/24' };
export const hub: Caller = { kind: 'hub', startedAt: 0 };
