import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { toPublicId } from '../../platform/ids/ids.js';
import type { MessageFeedEvent } from '../../schema/live.js';
import { hub, inboxItemId, send } from './asking.fixture.js';
import { cnv, openMessages, somebody } from './testing.js';

let parley: Awaited<ReturnType<typeof openMessages>>;
beforeAll(async () => {
  parley = await openMessages();
});
afterAll(() => parley.close());

test('a subscription is executed on the event it is handed, without a viewer and without a database', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  await send(parley, ann, id, 'live');
  const page = await parley.subgraph.feed.changes(id, 2, 10);
  const event = page.events[0] as MessageFeedEvent;
  const document = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename conversationId cursor
    ... on MessageChanged { reason message { body seq sender { id } conversation { id } } } } }`;
  const live = await parley.run(hub, document, { id: cnv(id) }, { conversationEvents: { type: 'change', event } });
  expect(live).toEqual({
    data: {
      conversationEvents: {
        __typename: 'MessageChanged',
        conversationId: cnv(id),
        cursor: expect.any(String),
        reason: 'SENT',
        message: {
          body: 'live',
          seq: 1,
          sender: { id: toPublicId('user', ann.userId) },
          conversation: { id: cnv(id) },
        },
      },
    },
  });
  const at = await parley.subgraph.feed.open(ann.userId, id, live.data.conversationEvents.cursor);
  expect(at?.after).toBe(event.version);

  const inbox = `subscription { inboxEvents { __typename ... on InboxItemChanged { conversationId cursor isRemoved item { id lastMessage { body } } }
    ... on InboxCaughtUp { cursor } ... on MessageChanged { cursor message { body } } } }`;
  const item = await parley.run(
    ann,
    inbox,
    {},
    {
      inboxEvents: {
        type: 'inboxItem',
        event: { kind: 'inbox', userId: ann.userId, conversationId: id, inboxVersion: 3, isRemoved: false },
      },
    },
  );
  expect(item.data.inboxEvents).toMatchObject({
    __typename: 'InboxItemChanged',
    item: { id: inboxItemId(ann, id), lastMessage: { body: 'live' } },
  });
  const caughtUp = await parley.run(
    ann,
    inbox,
    {},
    { inboxEvents: { type: 'inboxCaughtUp', userId: ann.userId, version: 3 } },
  );
  expect(caughtUp.data.inboxEvents).toEqual({ __typename: 'InboxCaughtUp', cursor: item.data.inboxEvents.cursor });
  const change = await parley.run(hub, inbox, {}, { inboxEvents: { type: 'change', event } });
  expect(change.data.inboxEvents).toEqual({
    __typename: 'MessageChanged',
    cursor: live.data.conversationEvents.cursor,
    message: { body: 'live' },
  });
});
