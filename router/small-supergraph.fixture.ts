import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import type { Caller } from '../platform/auth/caller.js';
import { Fault } from '../platform/errors/errors.js';
import type { Subgraph } from '../platform/subgraph/subgraph.js';
import { silentLog } from '../platform/telemetry/log.js';
import { InProcessDataSource } from './data-source.js';
import { Gateway } from './gateway.js';

/** Two subgraphs that answer from memory, shaped as Parley's are: for tests of the router that need no database. */

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@cost", "@listSize"])`;

const messages = `${link}
  type Query {
    hello: String
    message(id: ID!): Message
    messages(first: Int! = 50, last: Int): MessageConnection! @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges"], requireOneSlicingArgument: false)
    tags: [String!]! @listSize(assumedSize: 20)
    broken: String
    down: String
    slow: String
    whoAmI: String
  }
  type Mutation { send(body: String!): Message @cost(weight: 5) }
  type Subscription {
    conversationEvents(conversationId: ID!, after: String): Event!
  }
  interface Event { cursor: String! }
  type CaughtUp implements Event { cursor: String! }
  type MessageChanged implements Event { cursor: String! message: Message! }
  type MessageConnection { edges: [MessageEdge!]! }
  type MessageEdge { cursor: String! node: Message! }
  type Message @key(fields: "id") { id: ID! body: String sender: User replyTo: Message }
  type User @key(fields: "id", resolvable: false) { id: ID! }
`;

const users = `${link}
  type Query { viewer: User }
  type User @key(fields: "id") { id: ID! displayName: String! }
`;

interface Context {
  caller: Caller;
}

const message = (id: string) => ({ __typename: 'Message', id, body: `body of ${id}`, sender: { id: `u-${id}` } });

const aMoment = () => new Promise<string>((resolve) => setTimeout(() => resolve('at last'), 300));

export function messagesFixture(slow = aMoment): Subgraph {
  const resolvers = {
    Query: {
      hello: () => 'world',
      message: (_: unknown, { id }: { id: string }) => message(id),
      messages: (_: unknown, { first }: { first: number }) => ({
        edges: Array.from({ length: first }, (_each, i) => ({ cursor: `c${i}`, node: message(`m${i}`) })),
      }),
      tags: () => ['a'],
      broken: () => {
        throw new Error('the secret of the house');
      },
      down: () => {
        throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' });
      },
      slow,
      whoAmI: (_: unknown, _args: unknown, { caller }: Context) =>
        caller.kind === 'person' ? caller.userId : caller.kind,
    },
    Mutation: { send: (_: unknown, { body }: { body: string }) => ({ ...message('m-new'), body }) },
    Subscription: {
      conversationEvents: {
        subscribe: () => {
          throw new Error('the hub subscribes');
        },
      },
    },
    Event: { __resolveType: (event: { __typename: string }) => event.__typename },
    Message: { __resolveReference: ({ id }: { id: string }) => message(id) },
  };
  return toSubgraph('messages', messages, resolvers);
}

export function usersFixture(): Subgraph {
  const resolvers = {
    Query: {
      viewer: (_: unknown, _args: unknown, { caller }: Context) => {
        if (caller.kind === 'nobody') throw new Fault('UNAUTHENTICATED', 'Sign in first.');
        return { id: 'u-me', displayName: 'Me' };
      },
    },
    User: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      displayName: ({ id }: { id: string }) => {
        if (id === 'u-down') throw Object.assign(new Error('the database system is starting up'), { code: '57P03' });
        return `name of ${id}`;
      },
    },
  };
  return toSubgraph('users', users, resolvers);
}

function toSubgraph(name: string, sdl: string, resolvers: object): Subgraph {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  return { name, sdl: () => sdl, schema, contextFor: (caller) => ({ caller }) };
}

let composed: string | null = null;

export function smallSupergraph(): string {
  if (composed !== null) return composed;
  const { supergraphSdl, errors } = composeServices(
    [messagesFixture(), usersFixture()].map(({ name, sdl }) => ({
      name,
      typeDefs: parse(sdl()),
      url: `http://${name}/graphql`,
    })),
  );
  if (!supergraphSdl) throw new Error(String(errors?.map((error) => error.message)));
  composed = supergraphSdl;
  return composed;
}

export async function openSmallGateway(log = silentLog(), slow = aMoment): Promise<Gateway> {
  const sources = {
    messages: new InProcessDataSource(messagesFixture(slow), log),
    users: new InProcessDataSource(usersFixture(), log),
  };
  return Gateway.open({ supergraphSdl: smallSupergraph(), sources, log });
}
