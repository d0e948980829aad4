import { createClient as createSseClient } from 'graphql-sse';
import { expect } from '@jest/globals';
import {
  createGroup,
  cursorOf,
  draft,
  history,
  openDirect,
  post,
  postOnSocket,
  say,
  sayAll,
  signInElsewhere,
} from '../chat.js';
import { NoAnswer } from '../client.js';
import {
  conversationEventsDocument,
  Following,
  inboxEventsDocument,
  type ConversationEvent,
  type InboxEvent,
} from '../following.js';
import { completeCursors, snapshot } from '../cursor-invariants.js';
import { completeInboxCursor, inboxOf } from '../inbox-invariants.js';
import { ackedOnce, comesToHistory, denseSeq, unreadIsRecount } from '../invariants.js';
import { storiesOnParley } from '../story.js';
import { anyMoment, waitFor } from '../wait-for.js';

const story = storiesOnParley();
const numbered = (count: number, what: string) => Array.from({ length: count }, (_, i) => `${what} ${i + 1}`);

story('Ann and Bob sign up, open a conversation, and Bob receives live on both streams', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const inbox = bob.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument, {});
  await inbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');

  const conversationId = await openDirect(ann, bob);
  expect(await openDirect(bob, ann)).toBe(conversationId);
  const added = await inbox.waitFor(
    'the new conversation in the inbox',
    ({ inboxEvents }) => inboxEvents.__typename === 'InboxItemChanged' && inboxEvents.conversationId === conversationId,
  );
  expect(added.inboxEvents).toMatchObject({ isRemoved: false, item: { conversationId, unreadCount: 0 } });

  const following = await Following.start(bob, conversationId);
  const sent = await say(ann, conversationId, 'Hello, Bob! 👋 “ünïcödé”');
  expect(sent).toMatchObject({ seq: 1, senderId: ann.userId, body: 'Hello, Bob! 👋 “ünïcödé”' });
  expect(await following.untilMessage(sent.body!)).toEqual(sent);
  const told = await inbox.waitFor(
    'the message in the inbox',
    ({ inboxEvents }) => inboxEvents.message?.id === sent.id,
  );
  expect(told.inboxEvents).toMatchObject({ __typename: 'MessageChanged', conversationId, message: sent });

  // The hub would find what deliver does not bring, but only every 5 s.
  for (const body of ['at once', 'and again', 'and again and again', 'live']) {
    const { id } = await say(ann, conversationId, body);
    await following.untilMessage(body, 1_500);
    await inbox.waitFor(body, ({ inboxEvents }) => inboxEvents.message?.id === id, 1_500);
  }

  const { conversation } = await bob.query<{ conversation: Record<string, unknown> }>(
    `query ($id: ID!) { conversation(id: $id) { kind title memberCount otherUser { handle displayName } viewerMember { userId }
      lastMessage { body sender { displayName } } messages(first: 1) { edges { node { id } } } } }`,
    { id: conversationId },
  );
  expect(conversation).toEqual({
    kind: 'DIRECT',
    title: null,
    memberCount: 2,
    otherUser: { handle: ann.person.handle, displayName: 'Ann' },
    viewerMember: { userId: bob.userId },
    lastMessage: { body: 'live', sender: { displayName: 'Ann' } },
    messages: { edges: [{ node: { id: sent.id } }] },
  });
  await waitFor('five unread', async () => (await inboxOf(bob)).items.get(conversationId)?.unreadCount === 5);
  await unreadIsRecount(ann);
  await unreadIsRecount(bob);
});

story('two people who open their conversation at the same moment get one', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const ids = await Promise.all([...Array(6)].map((_, i) => (i % 2 ? openDirect(ann, bob) : openDirect(bob, ann))));
  expect(new Set(ids).size).toBe(1);
});

story('Bob is offline while Ann sends; he resumes by cursor and has every message once', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const conversationId = await createGroup(ann, 'Trip', [bob]);
  const held = [await snapshot(bob, conversationId)];
  const following = await Following.start(bob, conversationId, { after: held[0]!.cursor });
  await sayAll(ann, conversationId, numbered(3, 'live'));
  await following.untilMessage('live 3');
  held.push(await snapshot(bob, conversationId));
  const inboxBefore = await inboxOf(bob);

  following.interrupt();
  await waitFor('Bob is gone', () => !bob.isConnected);
  await sayAll(ann, conversationId, numbered(60, 'missed'));
  expect(following.bodies).toEqual(numbered(3, 'live'));

  await following.resume();
  expect(following.messages.at(-1)?.body).toBe('missed 60');
  await say(ann, conversationId, 'live again');
  await following.untilMessage('live again');
  await comesToHistory(following);
  held.push(await snapshot(bob, conversationId));
  await completeCursors(bob, conversationId, held, following);

  const inbox = bob.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument, { after: inboxBefore.cursor });
  await inbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
  const items = inbox.values.filter(({ inboxEvents }) => inboxEvents.__typename === 'InboxItemChanged');
  expect(items.map(({ inboxEvents }) => inboxEvents.conversationId)).toEqual([conversationId]);
  await unreadIsRecount(bob);
  await completeInboxCursor(bob, inboxBefore);

  const { conversationChanges } = await bob.query<{
    conversationChanges: { events: ConversationEvent[]; hasMore: boolean }[];
  }>(
    `query ($after: [String!]!) { conversationChanges(after: $after) { conversationId hasMore events { ... on MessageChanged { message { body } } } } }`,
    { after: [held[1]!.cursor] },
  );
  const caughtUp = conversationChanges[0]!.events.flatMap(({ message }) => message?.body ?? []);
  expect(caughtUp).toEqual(expect.arrayContaining([...numbered(60, 'missed'), 'live again']));
});

story("Bob's two devices see the same, one of them after a broken connection", async ({ people, closing }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const phone = closing(await signInElsewhere(bob));
  const conversationId = await openDirect(ann, bob);
  const start = await cursorOf(bob, conversationId);
  const atDesk = await Following.start(bob, conversationId, { after: start });
  const inHand = await Following.start(phone, conversationId, { after: start });
  const phoneInbox = phone.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument);
  await phoneInbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');

  await sayAll(ann, conversationId, numbered(5, 'both'));
  await Promise.all([atDesk.untilMessage('both 5'), inHand.untilMessage('both 5')]);
  await waitFor('five unread', async () => (await inboxOf(phone)).items.get(conversationId)?.unreadCount === 5);
  inHand.interrupt();
  await say(bob, conversationId, 'from my desk');
  await sayAll(ann, conversationId, numbered(5, 'one'));
  await atDesk.untilMessage('one 5');
  await inHand.resume();
  await Promise.all([comesToHistory(atDesk), comesToHistory(inHand)]);
  expect(inHand.messages).toEqual(atDesk.messages);
  // What Bob says on one device is read on all of them.
  await waitFor(
    'what follows his own message is unread',
    async () => (await inboxOf(phone)).items.get(conversationId)?.unreadCount === 5,
  );
  await Promise.all([unreadIsRecount(bob), unreadIsRecount(phone)]);

  const { viewer } = await phone.query<{ viewer: { devices: { id: string; isCurrent: boolean }[] } }>(
    '{ viewer { devices { id isCurrent } } }',
  );
  expect(viewer.devices).toEqual([
    { id: phone.session.device.id, isCurrent: true },
    { id: bob.session.device.id, isCurrent: false },
  ]);
});

story('a send whose connection drops before the answer is retried and stored once', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const conversationId = await openDirect(ann, bob);
  const following = await Following.start(bob, conversationId, { after: await cursorOf(bob, conversationId) });
  const sends = numbered(24, 'dropped').map((body) => draft(ann, conversationId, body));
  let unanswered = 0;
  for (const [index, send] of sends.entries()) {
    const failed = (error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error;
      unanswered++;
    };
    if (index % 2) {
      const abort = new AbortController();
      const sending = post(send, abort.signal).catch(failed);
      await anyMoment(0, 8);
      abort.abort();
      await sending;
    } else {
      const sending = postOnSocket(send).catch(failed);
      await waitFor('the socket is open', () => ann.isConnected || send.acked);
      await anyMoment(0, 8);
      ann.drop();
      await sending;
    }
    await post(send);
  }
  expect(unanswered).toBeGreaterThan(0);
  await denseSeq(ann, conversationId);
  await ackedOnce(sends);
  expect((await history(ann, conversationId)).length).toBe(sends.length);
  await comesToHistory(following);
});

story('the same send from five connections at once is one message', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const conversationId = await openDirect(ann, bob);
  const send = draft(ann, conversationId, 'once');
  const answers = await Promise.all(
    [...Array(5)].map((_, i) => (i % 2 ? post({ ...send }) : postOnSocket({ ...send }))),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(await history(bob, conversationId)).toEqual([answers[0]]);
});

story('GraphQL over SSE carries the same stream, and resumes by the same cursor', async ({ parley, people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const conversationId = await openDirect(ann, bob);
  await say(ann, conversationId, 'before');
  const listen = (after: string | null) => {
    const client = createSseClient({
      url: `${parley.url}/graphql`,
      headers: { authorization: `Bearer ${bob.session.accessToken}` },
      retryAttempts: 0,
    });
    const events: ConversationEvent[] = [];
    const failures: unknown[] = [];
    const unsubscribe = client.subscribe<{ conversationEvents: ConversationEvent }>(
      { query: conversationEventsDocument, variables: { conversationId, after } },
      {
        next: ({ data, errors }) => (data ? events.push(data.conversationEvents) : failures.push(errors)),
        error: (error) => failures.push(error),
        complete: () => undefined,
      },
    );
    const bodies = () => events.flatMap(({ message }) => message?.body ?? []);
    const until = (what: string, condition: () => boolean) =>
      waitFor(what, condition, 5_000, () => ({ events, failures }));
    return { events, bodies, until, stop: () => (unsubscribe(), client.dispose()) };
  };
  const first = listen(null);
  await first.until('CaughtUp', () => first.events.some(({ __typename }) => __typename === 'CaughtUp'));
  await say(ann, conversationId, 'over SSE');
  await first.until('the message', () => first.bodies().includes('over SSE'));
  expect(first.bodies()).toEqual(['over SSE']);
  first.stop();
  await sayAll(ann, conversationId, ['missed 1', 'missed 2']);
  const second = listen(first.events.at(-1)!.cursor);
  await second.until('CaughtUp', () => second.events.some(({ __typename }) => __typename === 'CaughtUp'));
  expect(second.bodies()).toEqual(['missed 1', 'missed 2']);
  second.stop();
});

story('a syntax error in one operation leaves the others on the socket alone', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const conversationId = await openDirect(ann, bob);
  const following = await Following.start(bob, conversationId);
  const broken = bob.subscribe('subscription { conversationEvents(');
  const unknown = bob.subscribe('subscription { nothingOfTheKind }');
  expect(await broken.waitForEnding()).toMatchObject({ how: 'errors', codes: ['GRAPHQL_PARSE_FAILED'] });
  expect(await unknown.waitForEnding()).toMatchObject({ how: 'errors', codes: ['GRAPHQL_VALIDATION_FAILED'] });
  await say(ann, conversationId, 'still here');
  await following.untilMessage('still here');
  expect(bob.closings).toEqual([]);
});

story('pages of history meet without overlap or gap, in both directions and around a message', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const conversationId = await openDirect(ann, bob);
  const sent = await sayAll(ann, conversationId, numbered(23, 'page'));
  expect(await history(bob, conversationId, 5)).toEqual(sent);
  await denseSeq(bob, conversationId);
  const around = `query ($id: ID!, $messageId: ID, $seq: Int) { conversation(id: $id) { messagesAround(messageId: $messageId, seq: $seq, before: 2, after: 3) {
    edges { node { body } } pageInfo { hasNextPage hasPreviousPage } } } }`;
  const expected = {
    conversation: {
      messagesAround: {
        edges: [9, 10, 11, 12, 13, 14].map((n) => ({ node: { body: `page ${n}` } })),
        pageInfo: { hasNextPage: true, hasPreviousPage: true },
      },
    },
  };
  expect(await bob.query(around, { id: conversationId, messageId: sent[10]!.id })).toEqual(expected);
  expect(await bob.query(around, { id: conversationId, seq: 11 })).toEqual(expected);
  const { message } = await bob.query<{ message: { body: string } }>('query ($id: ID!) { message(id: $id) { body } }', {
    id: sent[4]!.id,
  });
  expect(message.body).toBe('page 5');
});
