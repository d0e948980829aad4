import { expect } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { toPublicId } from '../../platform/ids/ids.js';
import { events, type EventOf } from '../../schema/events.js';
import { cnv, openMessages } from './testing.js';

export const usr = (person: Person) => toPublicId('user', person.userId);
const FIELDS = `id seq body senderId mentions { userId } forwardedFrom { id } clientMessageId editedAt deletedAt pinnedAt replyTo { body }
  reactions { emoji count viewerHasReacted users { edges { node { id } } } } edits { body editedAt } replyCount`;
export interface Payload {
  // Tests read answers as they come.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  message: any;
  codes: string[];
  paths: string[][];
}

/** For tests of changes: mutations by name, and what they leave behind. */
export async function openChanges() {
  const parley = await openMessages();
  const dbOf = (conversationId: string) => parley.shards.of(conversationId).db;
  let key = 0;

  async function mutate(viewer: Person, name: string, input: object): Promise<Payload> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const { data, errors } = await parley.run(
      viewer,
      `mutation ($input: ${type}!) { ${name}(input: $input) { message { ${FIELDS} } errors { code path message } } }`,
      { input },
    );
    if (!data) throw new Error(JSON.stringify(errors));
    const payload = data[name] as { message: unknown; errors: { code: string; path: string[] }[] };
    return {
      message: payload.message,
      codes: payload.errors.map(({ code }) => code),
      paths: payload.errors.map(({ path }) => path),
    };
  }

  const setMember = (conversationId: string, { userId }: Person, data: object) =>
    dbOf(conversationId).member.update({ where: { conversationId_userId: { conversationId, userId } }, data });

  return {
    ...parley,
    dbOf,
    mutate,
    setMember,
    async send(viewer: Person, conversationId: string, input: object = {}): Promise<{ id: string; seq: number }> {
      const { message, codes } = await mutate(viewer, 'sendMessage', {
        conversationId: cnv(conversationId),
        clientMessageId: `key ${key++}`,
        body: 'hello',
        ...input,
      });
      expect(codes).toEqual([]);
      return message as { id: string; seq: number };
    },
    read: async (viewer: Person, id: string) =>
      (await parley.run(viewer, `query ($id: ID!) { message(id: $id) { ${FIELDS} } }`, { id })).data.message,
    setPolicy: (conversationId: string, data: object) =>
      dbOf(conversationId).conversation.update({ where: { conversationId }, data }),
    backdate: (conversationId: string, seq: number, seconds: number) =>
      dbOf(conversationId).message.update({
        where: { conversationId_seq: { conversationId, seq } },
        data: { createdAt: new Date(Date.now() - seconds * 1_000) },
      }),
    versionOf: async (conversationId: string) =>
      Number((await dbOf(conversationId).conversationHead.findUniqueOrThrow({ where: { conversationId } })).version),
    /** Checked against their schemas, with nothing in them that the schemas do not know. */
    async eventsOf(conversationId: string) {
      const rows = await dbOf(conversationId).outbox.findMany({
        where: { key: conversationId },
        orderBy: { id: 'asc' },
      });
      return rows.map(({ payload }) => {
        const event = JSON.parse(payload) as EventOf<
          'MessageEdited' | 'MessageDeleted' | 'MessagePinned' | 'MessageReacted'
        >;
        events[event.type].strict().parse(event);
        return event;
      });
    },
    /** A group whose first member is its owner. */
    async group(...people: Person[]): Promise<string> {
      const id = await parley.newConversation(...people.map(({ userId }) => userId));
      await setMember(id, people[0]!, { role: 'OWNER' });
      return id;
    },
  };
}
