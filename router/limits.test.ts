import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { Documents, type PreparedOperation } from './documents.js';
import { DEFAULT_LIMITS, OperationLimits, type Measure } from './limits.js';

const sdl = `
  directive @cost(weight: Int!) on FIELD_DEFINITION | OBJECT | ARGUMENT_DEFINITION | SCALAR | ENUM
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
  type Query {
    one: Item
    number: Int
    dear: Int @cost(weight: 7)
    items(first: Int! = 50): Items! @listSize(slicingArguments: ["first"], sizedFields: ["edges"])
    pages(input: PageInput!): [Item!]! @listSize(slicingArguments: ["input.first"])
    history(first: Int, last: Int): [Item!]! @listSize(slicingArguments: ["first", "last"])
    byIds(ids: [ID!]!): [Item]! @listSize(slicingArguments: ["ids"])
    assumed: [Item!]! @listSize(assumedSize: 100) @cost(weight: 3)
    unknown: [Item!]!
    searched(text: String @cost(weight: 20)): Item
    anything: Anything
  }
  type Mutation { send: Item @cost(weight: 5) }
  input PageInput { first: Int! }
  type Items { edges: [Edge!]! total: Int }
  type Edge { node: Item! }
  type Item { id: ID! parent: Item big: Big items(first: Int! = 10): Items! @listSize(slicingArguments: ["first"], sizedFields: ["edges"]) }
  type Big @cost(weight: 40) { id: ID! }
  union Anything = Item | Big
`;
const schema = buildSchema(sdl);
const documents = new Documents(schema);
const limits = new OperationLimits(schema, parse(sdl));

function prepared(query: string): PreparedOperation {
  const result = documents.prepare(query, null);
  if (Array.isArray(result)) throw new Error(String(result));
  return result as PreparedOperation;
}
const measure = (query: string, variables = {}): Measure => limits.measure(prepared(query), variables);
const cost = (query: string, variables = {}) => measure(query, variables).cost;

describe('the cost of an operation', () => {
  test('counts 1 an object, nothing a scalar, 10 a mutation, and what @cost says', () => {
    expect(cost('{ number one { id } }')).toBe(1);
    expect(cost('{ dear }')).toBe(7);
    expect(cost('mutation { send { id } }')).toBe(15);
    expect(cost('{ one { big { id } } }')).toBe(41);
    expect(cost('{ searched(text: "x") { id } }')).toBe(21);
    expect(cost('{ searched { id } }')).toBe(1);
  });

  test('multiplies by the page that is asked for, wherever its size is written', () => {
    expect(cost('{ items(first: 5) { total edges { node { id } } } }')).toBe(1 + 5 * 2);
    expect(cost('{ items { edges { node { id } } } }')).toBe(1 + 50 * 2);
    expect(cost('query($n: Int! = 7) { items(first: $n) { edges { node { id } } } }')).toBe(1 + 7 * 2);
    expect(cost('query($n: Int! = 7) { items(first: $n) { edges { node { id } } } }', { n: 9 })).toBe(1 + 9 * 2);
    expect(cost('query($p: PageInput!) { pages(input: $p) { id } }', { p: { first: 4 } })).toBe(4);
    expect(cost('query($n: Int!) { pages(input: { first: $n }) { id } }', { n: 6 })).toBe(6);
    expect(cost('query($ids: [ID!]!) { byIds(ids: $ids) { id } }', { ids: ['a', 'b', 'c'] })).toBe(3);
    expect(cost('{ assumed { id } }')).toBe(300);
    expect(cost('{ unknown { id } }')).toBe(10);
    expect(cost('{ items(first: 10) { edges { node { items(first: 10) { edges { node { id } } } } } } }')).toBe(
      1 + 10 * (2 + 1 + 10 * 2),
    );
  });

  test('follows sizes into fragments, each with its own', () => {
    const query = `{ a: items(first: 2) { ...F } b: items(first: 3) { ...F } } fragment F on Items { edges { node { id } } }`;
    expect(cost(query)).toBe(1 + 4 + 1 + 6);
  });

  test('takes the dearest of the types that a value can have', () => {
    expect(cost('{ anything { ... on Item { parent { id } } ... on Big { id } } }')).toBe(1 + 1);
    expect(cost('{ anything { ... on Item { big { id } } ... on Item { parent { id } } ... on Big { id } } }')).toBe(
      1 + 41,
    );
  });

  test('does not hold a variable against the next request', () => {
    const operation = prepared('query($n: Int!) { items(first: $n) { edges { node { id } } } }');
    expect(limits.measure(operation, { n: 1 }).cost).toBe(3);
    expect(limits.measure(operation, { n: 2 }).cost).toBe(5);
  });

  test('wants exactly one size where the schema says so', () => {
    expect(() => cost('{ history { id } }')).toThrow('needs first or last');
    expect(() => cost('{ history(first: 1, last: 1) { id } }')).toThrow('only one of');
    expect(cost('query($f: Int, $l: Int) { history(first: $f, last: $l) { id } }', { l: 3 })).toBe(3);
  });

  test('is found quickly for fragments that multiply', () => {
    const fragments = Array.from(
      { length: 40 },
      (_, i) => `fragment F${i} on Item { a${i}: parent { ...F${i + 1} } b${i}: parent { ...F${i + 1} } }`,
    );
    const { aliases, depth } = measure(`{ one { ...F0 } } ${fragments.join(' ')} fragment F40 on Item { id }`);
    expect(aliases).toBeGreaterThan(2 ** 40);
    expect(depth).toBe(42);
  });
});

describe('limits', () => {
  const check = (query: string) => () => limits.check(prepared(query), {});
  test('allow what is within them', () => {
    expect(check('{ items { edges { node { id } } } }')().cost).toBe(101);
  });

  test('refuse depth, aliases and cost with what was asked and what is allowed', () => {
    const nested = (n: number): string => (n === 0 ? 'id' : `parent { ${nested(n - 1)} }`);
    expect(check(`{ one { ${nested(13)} } }`)().depth).toBe(15);
    expect(check(`{ one { ${nested(14)} } }`)).toThrow(
      expect.objectContaining({
        extensions: expect.objectContaining({
          code: 'COST_LIMIT',
          cost: { limit: 'depth', requested: 16, maximum: DEFAULT_LIMITS.depth },
        }),
      }),
    );
    const aliases = Array.from({ length: 51 }, (_, i) => `a${i}: number`).join(' ');
    expect(check(`{ ${aliases} }`)).toThrow('51; 50 are allowed');
    expect(check('{ items(first: 6000) { edges { node { id } } } }')).toThrow('12001; 10000 are allowed');
  });

  test('tell who asks for the schema', () => {
    expect(measure('{ one { __typename } }').introspects).toBe(false);
    expect(measure('{ ...F } fragment F on Query { __schema { types { name } } }').introspects).toBe(true);
    expect(measure('{ t: __type(name: "Item") { name } }').introspects).toBe(true);
  });
});
