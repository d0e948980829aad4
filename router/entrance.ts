import type { Authenticates } from '../platform/auth/authenticator.js';
import type { Operations } from './operations.js';

/** How an address of the router lets people in, and what it runs for them. */
export interface Entrance {
  operations: Operations;
  authenticator: Authenticates;
}

/** Of all people, and of those who hold an API key. */
export const paths = { everybody: '/graphql', partners: '/partner/graphql' } as const;
