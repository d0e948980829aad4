import type { ApiKeyScope } from '../../schema/api-keys.js';
import { Fault } from '../errors/errors.js';

/** Who a subgraph acts for. Made by the router, which checked the access token and that the device is signed in. */
export type Caller = Person | Hub | Nobody;

export interface Person {
  kind: 'person';
  /** UUID */
  userId: string;
  /** UUID */
  deviceId: string;
  /** Unix ms at which the operation began, or a little before. */
  startedAt: number;
  /** Where the request came from, shortened to /24 or /48; null where unknown. */
  network?: string | null;
  /** The account is young or its e-mail address unverified, as of the access token: it may do less. */
  isNewcomer?: boolean;
  /** How a bot was let in, for the router alone: subgraphs are not told. `expiresAt`: Unix ms. */
  apiKey?: { scopes: readonly ApiKeyScope[]; expiresAt: number | null };
}
/** Live events executed once for many viewers: may read entities, but is nobody. */
export interface Hub {
  kind: 'hub';
  startedAt: number;
}
export interface Nobody {
  kind: 'nobody';
  startedAt: number;
  network?: string | null;
}

/** The person, or an UNAUTHENTICATED error. Throws INTERNAL for the hub: such a field lacks @perViewer. */
export function requireViewer(caller: Caller): Person {
  if (caller.kind === 'person') return caller;
  if (caller.kind === 'hub') throw new Error('a field without @perViewer asked for the viewer');
  throw new Fault('UNAUTHENTICATED', 'Sign in first: send the access token as Authorization: Bearer.');
}
