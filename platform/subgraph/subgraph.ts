import type { GraphQLSchema } from 'graphql';
import type { Caller } from '../auth/caller.js';

/** One subgraph, ready to execute. */
export interface Subgraph {
  /** As in the supergraph: 'users', 'conversations', 'messages'. */
  name: string;
  /** What schema/<name>.graphql holds. */
  sdl: string;
  schema: GraphQLSchema;
  /** A fresh GraphQL context for one operation: the caller and loaders of its own. */
  contextFor(caller: Caller): object;
}
