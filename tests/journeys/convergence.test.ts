import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { addMembers, createGroup, leave, openDirect, removeMembers, say, signInElsewhere } from '../chat.js';
import { Failed, Refused, type Device } from '../client.js';
import { ConversationReplica, InboxReplica, readConversation, readInbox } from '../replica.js';
import { storiesOnParley } from '../story.js';
import { eventually } from '../wait-for.js';

const story = storiesOnParley();

interface Scene {
  people: Device[];
  group: string;
  direct: string;
  /** Of the group, newest last. */
  messageIds: string[];
}
type Act = (scene: Scene, actor: Device, pick: number) => Promise<unknown>;

const errors = 'errors { code path message }';
const change = (name: string, input: string, result: string) => (actor: Device, value: Record<string, unknown>) =>
  actor.mutate<Record<string, { id: string } | null>>(
    `mutation ($input: ${input}!) { ${name}(input: $input) { ${result} ${errors} } }`,
    { input: value },
  );
const send = change('sendMessage', 'SendMessageInput', 'message { id }');
const edit = change('editMessage', 'EditMessageInput', 'message { id }');
const remove = change('deleteMessage', 'DeleteMessageInput', 'message { id }');
const forward = change('forwardMessage', 'ForwardMessageInput', 'message { id }');
const react = change('addReaction', 'AddReactionInput', 'message { id }');
const unreact = change('removeReaction', 'RemoveReactionInput', 'message { id }');
const pin = change('pinMessage', 'PinMessageInput', 'message { id }');
const unpin = change('unpinMessage', 'UnpinMessageInput', 'message { id }');
const receipts = change('updateReceipts', 'UpdateReceiptsInput', '');
const update = change('updateConversation', 'UpdateConversationInput', 'conversation { id }');
const setRole = change('setMemberRole', 'SetMemberRoleInput', 'conversation { id }');
const settings = change('updateInboxItem', 'UpdateInboxItemInput', 'inboxItem { id }');

const of = <T>(list: readonly T[], pick: number): T => list[pick % list.length]!;
const emoji = ['👍', '❤️', '🎉'];

const acts: Record<string, Act> = {
  send: async ({ group, messageIds }, actor, pick) => {
    const { message } = await send(actor, {
      conversationId: group,
      clientMessageId: randomUUID(),
      body: `said ${pick}`,
    });
    messageIds.push(message!.id);
  },
  reply: ({ group, messageIds }, actor, pick) =>
    send(actor, {
      conversationId: group,
      clientMessageId: randomUUID(),
      body: 'a reply',
      replyToId: of(messageIds, pick),
    }),
  mention: ({ group, people }, actor, pick) =>
    send(actor, {
      conversationId: group,
      clientMessageId: randomUUID(),
      body: '@you look',
      mentions: [{ userId: of(people, pick).userId, start: 0, end: 4 }],
    }),
  sayPrivately: ({ direct, people }, _actor, pick) => say(of(people.slice(0, 2), pick), direct, `psst ${pick}`),
  edit: ({ messageIds }, actor, pick) => edit(actor, { messageId: of(messageIds, pick), body: `edited ${pick}` }),
  delete: ({ messageIds }, actor, pick) => remove(actor, { messageId: of(messageIds, pick), scope: 'EVERYONE' }),
  hide: ({ messageIds }, actor, pick) => remove(actor, { messageId: of(messageIds, pick), scope: 'VIEWER' }),
  forward: ({ messageIds, group }, actor, pick) =>
    forward(actor, { messageId: of(messageIds, pick), conversationId: group, clientMessageId: randomUUID() }),
  react: ({ messageIds }, actor, pick) => react(actor, { messageId: of(messageIds, pick), emoji: of(emoji, pick) }),
  unreact: ({ messageIds }, actor, pick) => unreact(actor, { messageId: of(messageIds, pick), emoji: of(emoji, pick) }),
  pin: ({ messageIds }, actor, pick) => pin(actor, { messageId: of(messageIds, pick) }),
  unpin: ({ messageIds }, actor, pick) => unpin(actor, { messageId: of(messageIds, pick) }),
  read: ({ group }, actor, pick) =>
    receipts(actor, { receipts: [{ conversationId: group, readSeq: (pick % 30) + 1 }] }),
  rename: ({ group }, actor, pick) => update(actor, { conversationId: group, title: `Title ${pick}` }),
  promote: ({ group, people }, actor, pick) =>
    setRole(actor, { conversationId: group, userId: of(people, pick).userId, role: of(['ADMIN', 'MEMBER'], pick) }),
  expel: ({ group, people }, _actor, pick) => removeMembers(people[0]!, group, [of(people.slice(2), pick)]),
  invite: ({ group, people }, _actor, pick) => addMembers(people[0]!, group, [of(people.slice(2), pick)]),
  leave: ({ group, people }, _actor, pick) => leave(of(people.slice(2), pick), group),
  mute: ({ group }, actor, pick) => settings(actor, { conversationId: group, muted: pick % 2 === 0 }),
  archive: ({ group }, actor, pick) => settings(actor, { conversationId: group, archived: pick % 2 === 0 }),
  keepOnTop: ({ direct, people }, _actor, pick) =>
    settings(of(people.slice(0, 2), pick), { conversationId: direct, pinned: pick % 2 === 0 }),
};

story(
  'whatever happens, a device that comes back ends with what a fresh read gives',
  async ({ people: invite, closing }) => {
    const people: Device[] = await invite('Ann', 'Bob', 'Cid', 'Dan');
    const [ann, bob] = people as [Device, Device];
    const group = await createGroup(ann, 'Group', people.slice(1));
    const direct = await openDirect(ann, bob);
    const first = await say(ann, group, 'first');
    const scene: Scene = { people, group, direct, messageIds: [first.id] };
    // Ann and Bob stay members; their second devices are away, and come back once after each sequence.
    const away = await Promise.all(
      [ann, bob].map(async (device) => {
        const other = closing(await signInElsewhere(device));
        const inbox = await InboxReplica.open(other);
        return { device: other, inbox, conversation: await ConversationReplica.open(other, group) };
      }),
    );
    const act = fc.record({
      what: fc.constantFrom(...Object.keys(acts)),
      who: fc.nat(people.length - 1),
      pick: fc.nat(1_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 25 }), async (sequence) => {
        for (const { what, who, pick } of sequence)
          await acts[what]!(scene, people[who]!, pick).catch((error: unknown) => {
            // Not allowed to this person at this moment: an answer as good as any.
            const isAnswer =
              error instanceof Refused ||
              (error instanceof Failed && error.codes.every((code) => code === 'FORBIDDEN' || code === 'NOT_FOUND'));
            if (!isAnswer) throw error;
          });
        for (const { device, inbox, conversation } of away)
          await eventually(async () => {
            await inbox.sync();
            await conversation.sync(inbox.hidden);
            const fresh = await readConversation(device, group);
            expect(conversation.comparable(conversation.state, inbox.hidden)).toEqual(
              conversation.comparable(fresh, inbox.hidden),
            );
            expect(inbox.items).toEqual(await readInbox(device));
          });
      }),
      { numRuns: 12, endOnFailure: true },
    );
  },
  180_000,
);
