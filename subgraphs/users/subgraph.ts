import type { AccessTokens } from '../../platform/auth/access-token.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import { buildFederatedSchema, type ReferenceResolver } from '../../platform/subgraph/federated-schema.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import { Announcements } from './announcements.js';
import type { UsersContext } from './context.js';
import { usersLoaders } from './loaders.js';
import { Passwords } from './passwords.js';
import { PeopleResolver, references, SessionsResolver, ViewerResolver } from './resolvers.js';
import { Accounts } from './service.js';
import { SessionStore } from './session-store.js';
import { Sessions } from './sessions.js';
import { AccountStore } from './store.js';

export interface UsersDeps {
  directory: DirectoryClient;
  pubsub: PubSub;
  ephemeral: Ephemeral;
  accessTokens: AccessTokens;
  /** At least 32 bytes, the same in every process: successors of refresh tokens are derived from it. */
  refreshSecret: Buffer;
}

export async function usersSubgraph(deps: UsersDeps): Promise<Subgraph> {
  const accountStore = new AccountStore(deps.directory);
  const announcements = new Announcements(deps.pubsub, deps.ephemeral);
  const accounts = new Accounts(accountStore, announcements);
  const sessions = new Sessions({
    store: new SessionStore(deps.directory),
    passwords: await Passwords.create(),
    accessTokens: deps.accessTokens,
    announcements,
    refreshSecret: deps.refreshSecret,
  });
  const { sdl, schema } = await buildFederatedSchema({
    resolvers: [new PeopleResolver(accounts), new SessionsResolver(sessions), new ViewerResolver(sessions)],
    references: references as unknown as Record<string, ReferenceResolver>,
  });
  return {
    name: 'users',
    sdl,
    schema,
    contextFor: (caller): UsersContext => ({ caller, loaders: usersLoaders(accountStore) }),
  };
}

/** Those of the given devices that are signed in, read from the directory: what SignedInDevices loads. */
export function loadSignedIn(directory: DirectoryClient): (deviceIds: string[]) => Promise<Set<string>> {
  const store = new SessionStore(directory);
  return (deviceIds) => store.signedInAmong(deviceIds);
}

/** Those of the given users that exist: what the conversations subgraph asks before it makes somebody a member. */
export function knownUsers(directory: DirectoryClient): (userIds: string[]) => Promise<Set<string>> {
  const store = new AccountStore(directory);
  return async (userIds) => {
    const accounts = await store.byIds(userIds);
    return new Set(accounts.flatMap((account) => (account ? [account.userId] : [])));
  };
}
