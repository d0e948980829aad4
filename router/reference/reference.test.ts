import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { defaultRules } from '../../platform/rate-limit/rules.js';
import { startSmallRouter, type SmallRouter } from '../router.fixture.js';
import { toMarkdown } from './markdown.js';
import { toPage } from './page.js';
import { describeApi } from './reference.js';

const sdl = `
  "Where it begins."
  type Query { "Who \\"asks\\" <b>." viewer: User people(first: Int! = 20, "Their name." named: String): [User!]! }
  type Mutation { sendMessage(body: String = "<hi>"): User }
  type User { id: ID! roles: [Role!]! }
  enum Role { "May all." ADMIN MEMBER }
  union Anyone = User
`;
const supergraph = `
  directive @cost(weight: Int!) on FIELD_DEFINITION
  directive @listSize(slicingArguments: [String!]) on FIELD_DEFINITION
  type Query { viewer: User people(first: Int! = 20, named: String): [User!]! @listSize(slicingArguments: ["first"]) }
  type Mutation { sendMessage(body: String): User @cost(weight: 5) }
  type User { id: ID! }
`;
const sections = describeApi(buildSchema(sdl), parse(supergraph), defaultRules);
const entry = (name: string) => sections.flatMap(({ entries }) => entries).find((each) => each.name === name)!;

test('operations and types are there, with costs and limits', () => {
  expect(sections.map(({ title, entries }) => [title, entries.map(({ name }) => name)])).toEqual([
    ['Queries', ['people', 'viewer']],
    ['Mutations', ['sendMessage']],
    ['Objects', ['User']],
    ['Interfaces and unions', ['Anyone']],
    ['Enums', ['Role']],
  ]);
  expect(entry('people')).toMatchObject({
    type: '[User!]!',
    members: [
      { name: 'first', type: 'Int!', default: '20' },
      { name: 'named', description: 'Their name.' },
    ],
    notes: ['What is selected costs as often as `first` says.'],
  });
  expect(entry('sendMessage').notes).toEqual([
    'Costs 5, and what is selected.',
    '300 times in 60 s for each person.',
    '3,000 times in 60 s in each conversation.',
  ]);
});

test('the page links types, and shows text as text', () => {
  const { html } = toPage(sections);
  expect(html).toContain('<h3><a href="#query-people">people</a>: [<a href="#type-User">User</a>!]!</h3>');
  expect(html).toContain('<p>Who &quot;asks&quot; &lt;b&gt;.</p>');
  expect(html).not.toMatch(/<b>|<hi>/);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
});

test('so does the Markdown', () => {
  const text = toMarkdown(sections);
  expect(text).toContain('### <a id="query-people"></a>people: \\[[User](#type-User)!\\]!');
  expect(text).toContain('- `first`: Int! = `20`');
  expect(text).toContain('Who "asks" &lt;b>.');
});

describe('at /docs', () => {
  let router: SmallRouter;
  afterEach(() => router.close());

  test('its policy allows its own style and script alone', async () => {
    router = await startSmallRouter();
    const response = await fetch(`${router.url}/docs`);
    const html = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(html).toContain('conversationEvents');
    const hash = (tag: string) => {
      const [, text = ''] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html) ?? [];
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    const policy = response.headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual([
      "default-src 'none'",
      `style-src ${hash('style')}`,
      `script-src ${hash('script')}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(html.match(/<(script|style)|\s(style|on\w+)=/g)).toEqual(['<style', '<script']);
  });

  test('there is none where the schema is shown to signed-in people only', async () => {
    router = await startSmallRouter({ introspectionForAnonymous: false });
    expect((await fetch(`${router.url}/docs`)).status).toBe(404);
  });
});
