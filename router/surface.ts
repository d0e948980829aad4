import type { GraphQLSchema } from 'graphql';
import type { Caller } from '../platform/auth/caller.js';
import type { PreparedOperation } from './documents.js';

/** What an address of the router shows of the API. */
export interface Surface {
  /** A part of the API's schema; operations are validated against it alone. */
  schemaOf(api: GraphQLSchema): GraphQLSchema;
  /** Throws a Fault where this caller may not run this operation. */
  check(prepared: PreparedOperation, schema: GraphQLSchema, caller: Caller): void;
}
