import type { Registry } from 'prom-client';
import type { AccessTokens } from '../../platform/auth/access-token.js';
import type { Avatars } from '../../platform/avatars/avatars.js';
import { IdTokens } from '../../platform/auth/id-tokens.js';
import { Cache } from '../../platform/cache/cache.js';
import type { OidcIssuer } from '../../platform/config/oidc-issuers.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import type { Mail } from '../../platform/mail/port.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Limits } from '../../platform/rate-limit/limits.js';
import { buildFederatedSchema, type ReferenceResolver } from '../../platform/subgraph/federated-schema.js';
import { limited } from '../../platform/subgraph/limited.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import type { Log } from '../../platform/telemetry/log.js';
import type { ApiKeys } from '../../schema/api-keys.js';
import type { People } from '../../schema/people.js';
import type { Reportables } from '../../schema/reportables.js';
import { Announcements } from './announcements.js';
import { BotsResolver, ViewerBotsResolver } from './bot-resolvers.js';
import { BotStore } from './bot-store.js';
import { Bots } from './bots.js';
import type { UsersContext } from './context.js';
import { CredentialsResolver } from './credential-resolvers.js';
import { CredentialStore } from './credential-store.js';
import { Credentials } from './credentials.js';
import { Deletion } from './deletion.js';
import { IdentityStore } from './identity-store.js';
import { usersLoaders } from './loaders.js';
import { OidcSignIn } from './oidc-sign-in.js';
import { Passwords } from './passwords.js';
import { DirectoryPeople } from './people.js';
import { Postbox } from './postbox.js';
import { RelationsResolver, UserResolver } from './relation-resolvers.js';
import { RelationStore } from './relation-store.js';
import { Relations } from './relations.js';
import { ReportsResolver } from './report-resolvers.js';
import { ReportStore } from './report-store.js';
import { Reports } from './reports.js';
import { PeopleResolver, references } from './resolvers.js';
import { Accounts } from './service.js';
import { SessionsResolver } from './session-resolvers.js';
import { SessionStore } from './session-store.js';
import { Sessions } from './sessions.js';
import { AccountStore, type CachedAccount } from './store.js';
import { ViewerResolver } from './viewer-resolver.js';

export interface UsersDeps {
  directory: DirectoryClient;
  pubsub: PubSub;
  ephemeral: Ephemeral;
  mail: Mail;
  log: Log;
  accessTokens: AccessTokens;
  cursors: Cursors;
  /** At least 32 bytes, the same in every process: successors of refresh tokens and hashes of codes depend on it. */
  refreshSecret: Buffer;
  /** Where people reach Parley, without a slash at the end. */
  publicUrl: () => string;
  oidcIssuers: readonly OidcIssuer[];
  /** Verified e-mail addresses and handles, in lower case, whose people are made ADMIN. */
  admins: readonly string[];
  avatars: Avatars;
  /** Messages and conversations, as far as reports go. */
  reportables: Reportables;
  /** Without them nothing is limited. */
  limits?: Limits;
  /** Counts the cache's hits. */
  registry?: Registry;
}

export interface UsersSubgraph extends Subgraph {
  people: People;
  apiKeys: ApiKeys;
  /** Waits for letters that are on their way. */
  stop(): Promise<void>;
}

export async function usersSubgraph(deps: UsersDeps): Promise<UsersSubgraph> {
  const { directory, ephemeral, cursors, reportables, refreshSecret } = deps;
  // For so short because settings of privacy are among it, which other processes may have read just before a change.
  const profiles = new Cache<CachedAccount>({ name: 'profile', ephemeral, ttlMs: 5_000, registry: deps.registry });
  const store = new AccountStore(directory, profiles);
  const sessionStore = new SessionStore(directory);
  const credentialStore = new CredentialStore(directory);
  const botStore = new BotStore(directory);
  const relationStore = new RelationStore(directory);
  const identities = new IdentityStore(directory);
  const announcements = new Announcements(deps.pubsub, deps.ephemeral);
  const passwords = await Passwords.create();
  const postbox = new Postbox(deps.mail, deps.log);
  const shared = { accounts: store, passwords, announcements, postbox };

  const { accessTokens, admins } = deps;
  const sessions = new Sessions({ ...shared, store: sessionStore, accessTokens, refreshSecret, admins });
  const oidc = new OidcSignIn({
    idTokens: new IdTokens(deps.oidcIssuers),
    identities,
    store: sessionStore,
    sessions,
    announcements,
  });
  const credentials = new Credentials({
    ...shared,
    store: credentialStore,
    sessions,
    secret: refreshSecret,
    publicUrl: deps.publicUrl,
  });
  const deletion = new Deletion({ ...shared, directory, credentials: credentialStore, sessions });
  const reports = new Reports({ ...shared, store: new ReportStore(directory), sessions, reportables });

  const bots = new Bots(botStore, store, sessions);

  const { sdl, schema } = await buildFederatedSchema({
    resolvers: [
      new PeopleResolver(new Accounts(store, announcements, deps.avatars)),
      new SessionsResolver(sessions, oidc),
      new CredentialsResolver(credentials, deletion),
      new RelationsResolver(new Relations(relationStore, store, announcements)),
      new ReportsResolver(reports, cursors),
      new UserResolver(deps.avatars),
      new ViewerResolver(sessions, relationStore, cursors),
      new BotsResolver(bots),
      new ViewerBotsResolver(bots),
    ],
    references: references as unknown as Record<string, ReferenceResolver>,
    aroundMutation: deps.limits && limited(deps.limits),
  });
  return {
    name: 'users',
    sdl,
    schema,
    contextFor: (caller): UsersContext => ({
      caller,
      loaders: usersLoaders(store, relationStore, identities, botStore, caller),
    }),
    people: new DirectoryPeople(store, relationStore),
    apiKeys: botStore,
    stop: () => postbox.drain(),
  };
}

/** Those of the given devices that are signed in, read from the directory: what SignedInDevices loads. */
export function loadSignedIn(directory: DirectoryClient): (deviceIds: string[]) => Promise<Set<string>> {
  const store = new SessionStore(directory);
  return (deviceIds) => store.signedInAmong(deviceIds);
}
