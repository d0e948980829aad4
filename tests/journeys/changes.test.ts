import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { fromPublicId } from '../../platform/ids/ids.js';
import { createGroup, cursorOf, openDirect, signInElsewhere } from '../chat.js';
import { Refused, type Device, type Stream } from '../client.js';
import { withDatabase } from '../database.js';
import { storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley();

interface Message {
  id: string;
  seq: number;
  body: string | null;
  [field: string]: unknown;
}
interface Event {
  conversationEvents: {
    __typename: string;
    cursor: string;
    reason?: string;
    reaction?: { userId: string; emoji: string; isAdded: boolean } | null;
    message?: Message;
  };
}
interface InboxEvent {
  inboxEvents: { __typename: string; cursor: string; messageId?: string; message?: Message };
}

/** What a client keeps of a message; what a reply quotes it looks up by its id. */
const kept = `id seq senderId kind body createdAt editedAt deletedAt pinnedAt mentions { userId start end } replyTo { id }
  forwardedFrom { id handle } reactions { emoji count viewerHasReacted users(first: 2) { edges { node { id } } } } edits { body editedAt }`;
const follow = (
  fields: string,
) => `subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) {
  __typename cursor ... on MessageChanged { reason reaction { userId emoji isAdded } message { ${fields} } } } }`;
const inboxDocument = `subscription ($after: String) { inboxEvents(after: $after) { __typename
  ... on MessageHidden { cursor messageId conversationId } ... on InboxItemChanged { cursor } ... on InboxCaughtUp { cursor }
  ... on MessageChanged { cursor message { id seq body } } } }`;

async function change(device: Device, name: string, input: object): Promise<Message> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const { message } = await device.mutate<{ message: Message }>(
    `mutation ($input: ${type}!) { ${name}(input: $input) { message { ${kept} } errors { code path message } } }`,
    { input },
  );
  return message;
}
const send = (device: Device, conversationId: string, body: string, more: object = {}) =>
  change(device, 'sendMessage', { conversationId, clientMessageId: randomUUID(), body, ...more });

async function readAll(device: Device, id: string): Promise<Message[]> {
  const { conversation } = await device.query<{ conversation: { messages: { edges: { node: Message }[] } } }>(
    `query ($id: ID!) { conversation(id: $id) { messages(first: 20) { edges { node { ${kept} } } } } }`,
    { id },
  );
  return conversation.messages.edges.map(({ node }) => node);
}
const caughtUp = (stream: Stream<Event>) =>
  stream.waitFor('CaughtUp', ({ conversationEvents }) => conversationEvents.__typename === 'CaughtUp', 20_000);
const reasons = (stream: Stream<Event>) =>
  stream.values.flatMap(({ conversationEvents: { reason, message } }) => (message ? [[reason, message.seq]] : []));

story(
  'what a device that was away resumes, on top of what it held, is what it would read afresh',
  async ({ people, closing }) => {
    const [ann, bob, cid] = await people('Ann', 'Bob', 'Cid');
    const phone = closing(await signInElsewhere(bob));
    const trip = await createGroup(ann, 'Trip', [bob, cid]);
    const elsewhere = await openDirect(bob, cid);
    const mention = { mentions: [{ userId: bob.userId, start: 0, end: 4 }] };
    const [first, second, third, fourth] = [
      await send(ann, trip, '@Bob where?', mention),
      await send(bob, trip, 'secret plans'),
      await send(cid, trip, 'spam'),
      await send(ann, trip, 'Tuesday'),
    ] as [Message, Message, Message, Message];
    await change(cid, 'addReaction', { messageId: first.id, emoji: '👍' });

    // Both devices are there; then the phone goes away.
    const start = await cursorOf(bob, trip);
    const desk = bob.subscribe<Event>(follow(kept), { id: trip, after: start });
    const deskInbox = bob.subscribe<InboxEvent>(inboxDocument);
    await caughtUp(desk);
    await deskInbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
    const before = phone.subscribe<Event>(follow(kept), { id: trip, after: start });
    const { cursor } = (await caughtUp(before)).conversationEvents;
    const phoneInbox = phone.subscribe<InboxEvent>(inboxDocument);
    const inboxStart = await phoneInbox.waitFor(
      'InboxCaughtUp',
      ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp',
    );
    const held = new Map((await readAll(phone, trip)).map((message) => [message.id, message]));
    phone.drop();
    await waitFor('the phone is gone', () => !phone.isConnected);
    const told = reasons(desk).length;

    await change(ann, 'editMessage', { messageId: first.id, body: 'Where to?' });
    await change(ann, 'editMessage', { messageId: first.id, body: 'Where to, and when?' });
    const reply = await send(cid, trip, 'I like secrets', { replyToId: second.id });
    await change(bob, 'deleteMessage', { messageId: second.id });
    await change(bob, 'addReaction', { messageId: fourth.id, emoji: '🎉' });
    await change(cid, 'addReaction', { messageId: fourth.id, emoji: '🎉' });
    await change(cid, 'removeReaction', { messageId: first.id, emoji: '👍' });
    await change(ann, 'pinMessage', { messageId: fourth.id });
    await change(bob, 'deleteMessage', { messageId: third.id, scope: 'VIEWER' });
    await deskInbox.waitFor('MessageHidden', ({ inboxEvents }) => inboxEvents.messageId === third.id);
    await change(ann, 'addReaction', { messageId: third.id, emoji: '👎' });
    const forwarded = await change(bob, 'forwardMessage', {
      messageId: first.id,
      conversationId: elsewhere,
      clientMessageId: randomUUID(),
    });
    expect(forwarded).toMatchObject({ body: 'Where to, and when?', forwardedFrom: { handle: ann.person.handle } });
    const last = await send(ann, trip, 'See you');

    // Live: each change, once, with what happened; none of the message that Bob hid.
    await desk.waitFor('the last message', ({ conversationEvents }) => conversationEvents.message?.id === last.id);
    expect(reasons(desk).slice(told)).toEqual([
      ['EDITED', first.seq],
      ['EDITED', first.seq],
      ['SENT', reply.seq],
      ['DELETED', second.seq],
      ['REACTED', fourth.seq],
      ['REACTED', fourth.seq],
      ['REACTED', first.seq],
      ['PINNED', fourth.seq],
      ['SENT', last.seq],
    ]);
    const live = desk.values.flatMap(({ conversationEvents: { reaction } }) => (reaction ? [reaction] : []));
    expect(live.at(-1)).toEqual({ userId: cid.userId, emoji: '👍', isAdded: false });

    // The phone comes back.
    const resumed = phone.subscribe<Event>(follow(kept), { id: trip, after: cursor });
    await caughtUp(resumed);
    const resumedInbox = phone.subscribe<InboxEvent>(inboxDocument, { after: inboxStart.inboxEvents.cursor });
    await resumedInbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
    const changes = resumed.values.flatMap(({ conversationEvents: { message } }) => message ?? []);
    expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
    expect(JSON.stringify(resumed.values)).not.toContain('secret plans');
    const now = new Map([...held, ...changes.map((message) => [message.id, message] as const)]);
    for (const { inboxEvents } of resumedInbox.values) if (inboxEvents.messageId) now.delete(inboxEvents.messageId);
    const fresh = await readAll(phone, trip);
    expect([...now.values()].sort((a, b) => a.seq - b.seq)).toEqual(fresh);
    const texts = fresh.filter(({ kind }) => kind === 'TEXT');
    expect(texts.map(({ id }) => id)).toEqual([first, second, fourth, reply, last].map(({ id }) => id));
    expect(texts[0]).toMatchObject({
      body: 'Where to, and when?',
      mentions: [],
      reactions: [],
      edits: [{ body: '@Bob where?' }, { body: 'Where to?' }],
    });
    expect(texts[1]).toMatchObject({ body: null, edits: [] });
    expect(texts[2]).toMatchObject({ reactions: [{ emoji: '🎉', count: 2, viewerHasReacted: true }] });
    // The other two see what Bob has hidden.
    expect((await readAll(ann, trip)).map(({ id }) => id)).toContain(third.id);
  },
);

story(
  'a reply that was told with what it quotes is told without once that is deleted, also to who resumes',
  async ({ people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const id = await openDirect(ann, bob);
    const start = await cursorOf(bob, id);
    // A document without anything that depends on the viewer: its events are rendered once for everybody.
    const document = follow('id seq body replyTo { id body }');
    const live = bob.subscribe<Event>(document, { id, after: start });
    await caughtUp(live);
    const quoted = await send(ann, id, 'a secret');
    const reply = await send(ann, id, 'what I said', { replyToId: quoted.id });
    const seen = await live.waitFor(
      'the reply',
      ({ conversationEvents }) => conversationEvents.message?.id === reply.id,
    );
    expect(seen.conversationEvents.message).toMatchObject({ replyTo: { body: 'a secret' } });
    await change(ann, 'deleteMessage', { messageId: quoted.id });
    await live.waitFor('the deletion', ({ conversationEvents }) => conversationEvents.reason === 'DELETED');
    const later = bob.subscribe<Event>(document, { id, after: start });
    await caughtUp(later);
    expect(JSON.stringify(later.values)).not.toContain('secret');
    expect(later.values.map(({ conversationEvents: { message } }) => message?.replyTo)).toContainEqual({
      id: quoted.id,
      body: null,
    });
  },
);

story(
  'messages vanish when their time is up, from reads at once and from streams soon after',
  async ({ people, parley }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const id = await openDirect(ann, bob);
    const changed = await withDatabase(parley.dataDir, (database) =>
      database.everywhere(
        'update conversation set message_ttl_seconds = 2 where conversation_id = $1 returning conversation_id',
        [fromPublicId('conversation', id)],
      ),
    );
    expect(changed).toHaveLength(1);
    const live = bob.subscribe<Event>(follow('id seq body deletedAt expiresAt'), { id });
    await caughtUp(live);
    const { id: messageId } = await send(ann, id, 'for a moment');
    await live.waitFor('the message', ({ conversationEvents }) => conversationEvents.message?.body === 'for a moment');
    const expired = await live.waitFor(
      'its end',
      ({ conversationEvents }) => conversationEvents.reason === 'EXPIRED',
      15_000,
    );
    const { message } = expired.conversationEvents;
    expect(message).toMatchObject({ id: messageId, body: null });
    expect(message?.deletedAt).toBe(message?.expiresAt);
    expect(await readAll(bob, id)).toMatchObject([{ id: messageId, body: null, deletedAt: message?.deletedAt }]);
    await expect(change(ann, 'editMessage', { messageId, body: 'stay' })).rejects.toThrow(Refused);
  },
);
