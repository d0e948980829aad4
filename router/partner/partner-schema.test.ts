import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, isObjectType, parse, validate } from 'graphql';
import { packageRoot } from '../../platform/config/package-root.js';
import { rootNeeds, typeNeeds, withheldFields } from '../../schema/partner.js';
import { neededScopes } from './needed-scopes.js';
import { partnerSchema } from './partner-schema.js';

const api = buildSchema(readFileSync(join(packageRoot, 'schema', 'api.graphql'), 'utf8'));
const partner = partnerSchema(api);
const fieldsOf = (name: string, schema = api): string[] => {
  const type = schema.getType(name);
  return isObjectType(type) ? Object.keys(type.getFields()).sort() : [];
};

describe('the schema of partners', () => {
  test('decides on every root field of the API, and on none that it lacks', () => {
    for (const [root, needs] of Object.entries(rootNeeds)) expect(Object.keys(needs).sort()).toEqual(fieldsOf(root));
  });

  test('names only types and fields that there are', () => {
    expect(Object.keys(typeNeeds).filter((name) => !api.getType(name))).toEqual([]);
    for (const [type, fields] of Object.entries(withheldFields))
      expect(fieldsOf(type)).toEqual(expect.arrayContaining([...fields]));
  });

  test('has nothing of passwords, sessions and moderators', () => {
    for (const name of ['Session', 'SignInInput', 'Report', 'Device', 'Bot', 'ApiKey', 'PushTarget'])
      expect([name, partner.getType(name)]).toEqual([name, undefined]);
    expect(fieldsOf('Viewer', partner)).not.toContain('email');
    expect(fieldsOf('Message', partner)).toEqual(fieldsOf('Message'));
  });
});

describe('an operation needs', () => {
  const needs = (text: string, name: string | null = null) => {
    expect(validate(partner, parse(text))).toEqual([]);
    return Object.fromEntries(neededScopes(partner, parse(text), name));
  };

  test('the scope of its root fields, and of what is reached from them', () => {
    expect(needs('{ viewer { id user { handle } } }')).toEqual({});
    expect(needs('{ viewer { inbox { edges { node { lastMessage { body } } } } } }')).toEqual({
      CONVERSATIONS_READ: 'InboxEdge.node',
      MESSAGES_READ: 'InboxItem.lastMessage',
    });
    expect(needs('{ ...Q } fragment Q on Query { message(id: "m") { sender { handle } } }')).toEqual({
      MESSAGES_READ: 'Query.message',
      USERS_READ: 'Message.sender',
    });
  });

  test('no scope to read what it has just written, and one for what lies behind it', () => {
    const send = (fields: string) =>
      `mutation { sendMessage(input: { conversationId: "c", clientMessageId: "1" }) { message { ${fields} } } }`;
    expect(needs(send('id seq'))).toEqual({ MESSAGES_WRITE: 'Mutation.sendMessage' });
    expect(needs(send('conversation { title }'))).toEqual({
      MESSAGES_WRITE: 'Mutation.sendMessage',
      CONVERSATIONS_READ: 'Message.conversation',
    });
  });

  test('what the chosen operation of a document needs', () => {
    const two = 'query A { viewer { id } } query B { message(id: "m") { id } }';
    expect(needs(two, 'A')).toEqual({});
    expect(needs(two, 'B')).toEqual({ MESSAGES_READ: 'Query.message' });
  });
});
