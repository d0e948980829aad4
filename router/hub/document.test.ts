import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { perViewerFields, rootField, selects } from './document.js';

const sdl = `
  directive @perViewer on FIELD_DEFINITION
  type Query { a: Int }
  type Subscription { conversationEvents(after: String): Event! }
  interface Event { cursor: String! }
  type MessageChanged implements Event { cursor: String! message: Message! }
  type Message { body: String status: String @perViewer }
`;
const schema = buildSchema(sdl);
const fields = perViewerFields(parse(sdl));
const selectsPerViewer = (text: string) => selects(schema, parse(text), fields);

describe('a subscription document', () => {
  test('is known to depend on the viewer, through fragments and aliases too', () => {
    const message = (selection: string) =>
      `{ conversationEvents { ... on MessageChanged { message { ${selection} } } } }`;
    expect(selectsPerViewer(`subscription ${message('body')}`)).toBe(false);
    expect(selectsPerViewer(`subscription ${message('body s: status')}`)).toBe(true);
    expect(selectsPerViewer(`subscription ${message('...F')} fragment F on Message { status }`)).toBe(true);
  });

  test('tells its field and where its cursor comes from', () => {
    const found = (text: string, name: string | null = null) => rootField(parse(text), name);
    expect(found('subscription($from: String) { conversationEvents(after: $from) { cursor } }').afterVariable).toBe(
      'from',
    );
    expect(found('subscription { e: conversationEvents(after: "x") { cursor } }').afterVariable).toBeNull();
    const text = 'query Q { a } subscription S { ...R } fragment R on Subscription { conversationEvents { cursor } }';
    expect(found(text, 'S').field.name.value).toBe('conversationEvents');
  });
});
