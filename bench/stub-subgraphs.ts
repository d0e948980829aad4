import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import type { Subgraph } from '../platform/subgraph/subgraph.js';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

const sdl = {
  messages: `${link}
    type Query { messages(first: Int!): [Message!]! }
    type Message @key(fields: "id") { id: ID! seq: Int! body: String clientMessageId: ID! createdAt: String! sender: User }
    type User @key(fields: "id", resolvable: false) { id: ID! }`,
  users: `${link}
    type Query { user(id: ID!): User }
    type User @key(fields: "id") { id: ID! handle: String! displayName: String! }`,
};

const resolvers = {
  messages: {
    Query: {
      messages: (_: unknown, { first }: { first: number }) => Array.from({ length: first }, (_each, i) => message(i)),
    },
  },
  users: {
    User: {
      __resolveReference: ({ id }: { id: string }) => ({ id, handle: `handle_${id}`, displayName: `Person ${id}` }),
    },
  },
};

function message(index: number) {
  return {
    id: `msg_${index}`,
    seq: index + 1,
    body: 'lorem ipsum dolor sit amet '.repeat(4).slice(0, 100),
    clientMessageId: `c${index}`,
    createdAt: '2026-01-31T12:00:00.000Z',
    sender: { id: `usr_${index % 5}` },
  };
}

export type StubName = keyof typeof sdl;

/** Subgraphs shaped as messages and users, but answering from memory: what is compared is the way to them. */
export function stubSubgraph(name: StubName): Subgraph {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl[name]), resolvers: resolvers[name] as never }]);
  return { name, sdl: () => sdl[name], schema, contextFor: () => ({}) };
}

export function stubSupergraph(): string {
  const services = Object.entries(sdl).map(([name, text]) => ({ name, typeDefs: parse(text) }));
  const { supergraphSdl, errors } = composeServices(services);
  if (!supergraphSdl) throw new Error(errors?.join('\n'));
  return supergraphSdl;
}

export const tenMessages =
  '{ messages(first: 10) { id seq body clientMessageId createdAt sender { id handle displayName } } }';
