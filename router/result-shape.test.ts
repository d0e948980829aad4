import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { computeResponse } from '@apollo/gateway/dist/resultShaping.js';
import { parse } from 'graphql';
import { silentLog } from '../platform/telemetry/log.js';
import type { PreparedOperation } from './documents.js';
import { Gateway } from './gateway.js';
import { ResultShape } from './result-shape.js';

const sdl = `
  scalar JSON
  enum Kind { SHORT LONG }
  interface Node { id: ID! }
  type Person implements Node { id: ID! name: String! friends: [Person!] age: Int height: Float }
  type Room implements Node { id: ID! title: String owner: Person! }
  union Found = Person | Room
  type Query {
    node: Node
    found: [Found!]
    person: Person
    must: Person!
    grid: [[Int!]]
    kind: Kind
    isOn: Boolean
    anything: JSON
  }`;
const ann = { __typename: 'Person', id: 'p1', name: 'Ann', age: 30, height: 1.7, friends: null };
const bob = { __typename: 'Person', id: 'p2', name: 'Bob', friends: [ann], extra: 'not asked for' };
const hall = { __typename: 'Room', id: 'r1', title: 'Hall', owner: bob };

/** Compared as text: the order of fields is part of the answer. */
describe('the shape of an answer is the gateway’s', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    const { supergraphSdl = '' } = composeServices([{ name: 'all', typeDefs: parse(sdl) }]);
    const all = { process: () => Promise.reject(new Error('nothing is fetched here')) };
    gateway = await Gateway.open({ supergraphSdl, sources: { all }, log: silentLog() });
  });
  afterAll(() => gateway.close());

  const conditions = 'query ($yes: Boolean = true, $no: Boolean!)';
  test.each<[string, string, Record<string, unknown>, Record<string, unknown>?]>([
    ['with fields that were not asked for', '{ person { name id } }', { person: bob, node: hall }],
    ['with fields that nobody gave', '{ person { id age friends { id } } node { id } }', { person: { id: 'p1' } }],
    ['without any data', '{ person { id } __typename }', {}],
    ['with aliases', '{ me: person { n: name what: __typename } }', { me: { ...ann, n: 'Ann' } }],
    ['of an interface', '{ node { __typename id ... on Room { title owner { name } } } }', { node: hall }],
    [
      'of an interface within a type',
      '{ person { ... on Node { id ... on Person { name } } ... on Person { age } } }',
      { person: ann },
    ],
    [
      'of a union',
      '{ found { ... on Node { id } ... on Room { title } ... on Person { name } } }',
      { found: [ann, hall] },
    ],
    [
      'with fragments',
      '{ person { ...A } } fragment A on Person { friends { ...B } } fragment B on Node { id }',
      { person: bob },
    ],
    [
      'with a field asked for twice',
      '{ person { friends { id } } ... { person { friends { name } name } } }',
      { person: bob },
    ],
    [
      'where one of two selections is null',
      '{ a: must { id } ... { a: must { name } } }',
      { a: { id: 'p1', name: null } },
    ],
    [
      'with constant conditions',
      '{ person { id @skip(if: true) name @include(if: true) age @include(if: false) } }',
      { person: ann },
    ],
    [
      'with conditions',
      `${conditions} { person { id @skip(if: $yes) name @include(if: $yes) ... @include(if: $no) { age } } }`,
      { person: ann },
      { no: false },
    ],
    [
      'with nested conditions',
      `${conditions} { person { ... @include(if: $yes) { age @skip(if: $no) id @include(if: $no) } } }`,
      { person: ann },
      { no: true },
    ],
    [
      'with a null where it may not be',
      '{ person { id friends { id name } } }',
      { person: { ...bob, friends: [ann, { id: 'p3', name: null }] } },
    ],
    ['with a null up to the root', '{ isOn must { id name } }', { isOn: true, must: { id: 'p1' } }],
    ['with a null in lists of lists', '{ grid }', { grid: [[1, 2], [3, null], null, []] }],
    [
      'with scalars that fit',
      '{ kind isOn anything person { id age height } }',
      { kind: 'LONG', isOn: false, anything: { a: [1] }, person: { id: 7, age: -1, height: 2 } },
    ],
    [
      'with scalars that do not',
      '{ kind isOn person { id age height name } }',
      { kind: 'TALL', isOn: 1, person: { ...ann, age: 1.5, height: 'tall' } },
    ],
    ['with a name that is no string', '{ person { name } }', { person: { name: 5 } }],
    ['of a type that is not known', '{ node { id } }', { node: { __typename: 'Elsewhere', id: 'e' } }],
    [
      'with names of Object.prototype',
      '{ person { constructor: name __proto__: id toString: age } }',
      { person: JSON.parse('{ "__proto__": "p1" , "constructor": "Ann" }') as Record<string, unknown> },
    ],
    ['without names of Object.prototype', '{ person { toString: age __proto__: friends { id } } }', { person: {} }],
  ])('%s', (_, query, data, variables = {}) => {
    const prepared = gateway.prepare(query, null) as PreparedOperation;
    const shape = new ResultShape(gateway.schema, prepared).apply(data, variables);
    const { operation } = gateway.planOf(prepared.document, null);
    const apollos = computeResponse({ operation, variables, input: data, introspectionHandling: () => null });
    expect(JSON.stringify(shape)).toBe(JSON.stringify(apollos.data));
  });
});
