import type { GraphQLError, GraphQLSchema } from 'graphql';
import type { Caller } from '../auth/caller.js';

/** One subgraph, ready to execute. */
export interface Subgraph {
  /** As in the supergraph: 'users', 'conversations', 'messages'. */
  name: string;
  /** What schema/<name>.graphql holds. */
  sdl: () => string;
  schema: GraphQLSchema;
  /** A fresh GraphQL context for one operation: the caller and loaders of its own. */
  contextFor(caller: Caller): object & Partial<ToldBeside>;
}

/** For a context whose resolvers can answer in part. */
export interface ToldBeside {
  /** Become errors beside the data: what it leaves out. */
  shortfalls: GraphQLError[];
}
