import { expect, test } from '@jest/globals';
import { buildSchema, parse, type OperationDefinitionNode } from 'graphql';
import { isIdempotent } from './idempotent.js';

const schema = buildSchema(`
  type Query { now: String }
  type Mutation { send(input: SendInput!): String  create(input: CreateInput): String  edit(input: EditInput!): String  beat: String }
  input SendInput { clientMessageId: ID! }
  input CreateInput { clientMutationId: ID! }
  input EditInput { text: String }
`);

test.each([
  ['mutation ($input: SendInput!) { send(input: $input) }', true],
  ['mutation { first: create(input: { clientMutationId: "1" }) second: send(input: { clientMessageId: "2" }) }', true],
  ['mutation { edit(input: {}) }', false],
  ['mutation { send(input: { clientMessageId: "1" }) edit(input: {}) }', false],
  ['mutation { beat }', false],
  ['mutation { ...Sending } fragment Sending on Mutation { edit(input: {}) }', false],
  ['query { now }', false],
])('%s: %s', (text, expected) => {
  expect(isIdempotent(schema, parse(text).definitions[0] as OperationDefinitionNode)).toBe(expected);
});
