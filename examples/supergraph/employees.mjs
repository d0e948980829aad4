import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, GraphQLError, parse } from 'graphql';
import { jwtVerify } from 'jose';

const {
  PORT = '4401',
  ISSUER = 'http://127.0.0.1:4400',
  PARLEY_VIEWER_SECRET = 'for-trying-it-alone-0123456789-0123456789',
} = process.env;

const employees = [
  { id: '7', title: 'Countess', team: 'Analytical engines' },
  { id: '8', title: 'Rear admiral', team: 'Compilers' },
];

const resolvers = {
  Query: {
    team: (_, { name }, { caller }) => {
      if (caller.kind !== 'person')
        throw new GraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED' } });
      return employees.filter(({ team }) => team === name);
    },
  },
  Employee: { __resolveReference: ({ id }) => employees.find((each) => each.id === id) },
  User: {
    // The router has asked Parley for `identities`, as the schema requires.
    __resolveReference: (user) => user,
    employee: ({ identities }) => {
      const known = identities.find(({ issuer }) => issuer === ISSUER);
      return employees.find(({ id }) => id === known?.subject);
    },
  },
};

const typeDefs = parse(readFileSync(new URL('employees.graphql', import.meta.url), 'utf8'));
const schema = buildSubgraphSchema({ typeDefs, resolvers });
const secret = Buffer.from(PARLEY_VIEWER_SECRET);

/** For whom the router asks; throws for who is no router of ours. */
async function callerOf({ headers }) {
  const { payload } = await jwtVerify(headers['parley-viewer'] ?? '', secret, { algorithms: ['HS256'] });
  return payload.caller;
}

const server = createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/graphql') return response.writeHead(404).end();
  response.setHeader('content-type', 'application/json');
  const caller = await callerOf(request).catch(() => null);
  if (!caller) return response.writeHead(401).end('{"errors":[{"message":"Only the router asks here."}]}');
  const { query: source, variables: variableValues, operationName } = await json(request);
  const answer = await graphql({ schema, source, variableValues, operationName, contextValue: { caller } });
  response.end(JSON.stringify(answer));
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`employees http://127.0.0.1:${server.address().port}`));
