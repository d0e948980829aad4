import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../tests/wait-for.js';
import { newUuid } from '../ids/ids.js';
import { allOf, ask, conversation, gone, message, nextId, written, type TestedIndex } from './documents.fixture.js';
import { hostileTexts } from './hostile.fixture.js';
import type { MessageDocument, MessageQuery, SearchIndex } from './port.js';
import { rebuildContract } from './rebuild-contract.js';
import { relevanceContract } from './relevance-contract.js';

/** What every adapter of the port does. */
export function searchIndexContract(name: string, open: () => Promise<TestedIndex>): void {
  describe(`search index, ${name}`, () => {
    relevanceContract(open);
    describe('of its own', () => {
      let tested: TestedIndex;
      let index: SearchIndex;
      beforeEach(async () => {
        tested = await open();
        index = await tested.connect();
      });
      afterEach(async () => {
        await index.close();
        await tested.remove();
      });
      const write = async (...documents: MessageDocument[]) => {
        await index.writeMessages(documents.map((document) => written(document)));
        await tested.settle();
      };
      const found = async (query: MessageQuery) => (await index.searchMessages(query)).hits.map(({ id }) => id);

      test('finds within a second what another process has written', async () => {
        const other = await tested.connect();
        expect(await found(ask('hello'))).toEqual([]);
        const hello = message('hello');
        await other.writeMessages([written(hello)]);
        await eventually(async () => expect(await found(ask('hello'))).toEqual([hello.id]), 1_000);
        await other.close();
      });

      test('answers whatever is typed', async () => {
        await write(message('what is here to be found'));
        const empty = { hits: [], hasMore: false };
        for (const text of hostileTexts) {
          const found = await index.searchMessages(ask(text));
          if (text.trim() !== '') expect([text, found]).toEqual([text, { ...empty, total: 0 }]);
          expect([text, await index.searchPeople({ text, first: 5 })]).toEqual([text, empty]);
          expect([text, await index.searchConversations({ text, memberOf: [], first: 5 })]).toEqual([text, empty]);
        }
      });

      test('keeps whatever is written, and finds it by its words', async () => {
        const documents = hostileTexts.map((text) => message(`${text} kept`));
        await write(...documents);
        expect((await found(ask('kept', { first: 100 }))).sort()).toEqual(documents.map(({ id }) => id).sort());
        const people = hostileTexts.map((text) => ({ id: nextId(), handle: 'kept', displayName: text }));
        await index.writePeople(people.map((person) => written(person)));
        const conversations = hostileTexts.map((text) => ({
          id: nextId(),
          title: `kept ${text}`,
          description: text,
          isPublic: true,
        }));
        await index.writeConversations(conversations.map((each) => written(each)));
        await tested.settle();
        expect((await index.searchPeople({ text: 'kept', first: 100 })).hits).toHaveLength(people.length);
        const { hits } = await index.searchConversations({ text: 'kept', memberOf: [], first: 100 });
        expect(hits).toHaveLength(conversations.length);
      });

      test('a change with a version that is not higher does nothing, whatever comes first', async () => {
        const document = message('second');
        await index.writeMessages([written(document, 2)]);
        await index.writeMessages([written({ ...document, body: 'first' }, 1)]);
        await index.writeMessages([written({ ...document, body: 'again' }, 2)]);
        await tested.settle();
        expect([await found(ask('first')), await found(ask('again'))]).toEqual([[], []]);
        expect(await found(ask('second'))).toEqual([document.id]);
        await index.writeMessages([
          written({ ...document, body: 'fourth' }, 4),
          written({ ...document, body: 'third' }, 3),
        ]);
        await tested.settle();
        expect([await found(ask('third')), await found(ask('fourth'))]).toEqual([[], [document.id]]);
      });

      test('what is gone stays gone for older versions, and comes back with a newer one', async () => {
        const document = message('here');
        await index.writeMessages([gone(document, 5)]);
        await index.writeMessages([written(document, 4)]);
        await tested.settle();
        expect([await found(ask('here')), await found(ask(''))]).toEqual([[], []]);
        await index.writeMessages([written(document, 6)]);
        await tested.settle();
        expect(await found(ask('here'))).toEqual([document.id]);
        await index.writeMessages([gone(document, 7)]);
        await index.writeMessages([gone(document, 7), written(document, 6)]);
        await tested.settle();
        expect([await found(ask('here')), await found(ask(''))]).toEqual([[], []]);
      });

      test('people and conversations change and go as messages do', async () => {
        const person = { id: nextId(), handle: 'ann', displayName: 'Ann' };
        const room = { id: nextId(), title: 'Kitchen', description: '', isPublic: true };
        const people = async (text: string) => (await index.searchPeople({ text, first: 5 })).hits.map(({ id }) => id);
        const rooms = async (text: string) =>
          (await index.searchConversations({ text, memberOf: [], first: 5 })).hits.map(({ id }) => id);
        await index.writePeople([written({ ...person, displayName: 'Zoe' }, 2), written(person, 1)]);
        await index.writeConversations([written({ ...room, title: 'Garden' }, 2), written(room, 1)]);
        await tested.settle();
        expect([await people('zoe'), await rooms('garden'), await rooms('kitchen')]).toEqual([
          [person.id],
          [room.id],
          [],
        ]);
        await index.writePeople([gone(person, 3)]);
        await index.writeConversations([gone(room, 3)]);
        await index.writePeople([written(person, 2)]);
        await index.writeConversations([written(room, 2)]);
        await tested.settle();
        expect([await people('ann'), await people('zoe'), await rooms('kitchen')]).toEqual([[], [], []]);
      });

      test('finds nothing outside the spans of who asks', async () => {
        const all = [1, 2, 3, 4, 5, 6].map((seq) => message('word', { seq, sentAt: seq }));
        const other = message('word', { conversationId: nextId() });
        await write(...all, other);
        const spans = [
          { fromSeq: 2, toSeq: 3 },
          { fromSeq: 5, toSeq: null },
        ];
        const answer = await index.searchMessages(ask('word', { scopes: [{ conversationId: conversation, spans }] }));
        expect(answer.hits.map(({ seq }) => seq)).toEqual([6, 5, 3, 2]);
        expect(answer.total).toBe(4);
        expect(answer.hits[0]).toMatchObject({ id: all[5]!.id, conversationId: conversation });
        expect(await found(ask('word', { scopes: [] }))).toEqual([]);
        expect(await found(ask('word', { scopes: [{ conversationId: conversation, spans: [] }] }))).toEqual([]);
        expect(await found(ask('', { scopes: [allOf(other.conversationId)] }))).toEqual([other.id]);
      });

      test('takes two thousand conversations, joined in their midst and left', async () => {
        const conversations = Array.from({ length: 2_000 }, () => nextId());
        const documents = conversations.flatMap((conversationId, at) =>
          [1, 2, 3].map((seq) => message('word', { conversationId, seq, sentAt: 3 * at + seq })),
        );
        await write(...documents);
        const spanOf = (at: number) =>
          at % 3 === 0
            ? [{ fromSeq: 1, toSeq: null }]
            : at % 3 === 1
              ? [{ fromSeq: 2, toSeq: null }]
              : [
                  { fromSeq: 1, toSeq: 1 },
                  { fromSeq: 3, toSeq: 3 },
                ];
        const scopes = conversations.map((conversationId, at) => ({ conversationId, spans: spanOf(at) }));
        const mayRead = ({ conversationId, seq }: MessageDocument) =>
          spanOf(conversations.indexOf(conversationId)).some(
            ({ fromSeq, toSeq }) => seq >= fromSeq && seq <= (toSeq ?? Infinity),
          );
        const expected = documents
          .filter(mayRead)
          .reverse()
          .map(({ id }) => id);
        const pages: string[] = [];
        let after: string | undefined;
        for (let hasMore = true; hasMore && pages.length < 350;) {
          const page = await index.searchMessages(ask('word', { scopes, first: 100, after }));
          expect(page.total).toBe(expected.length);
          pages.push(...page.hits.map(({ id }) => id));
          ({ hasMore } = page);
          after = page.hits.at(-1)?.position;
        }
        expect(pages).toEqual(expected.slice(0, pages.length));
        expect(pages.length).toBeGreaterThanOrEqual(350);
      }, 60_000);

      test('pages without overlap or gap among equals', async () => {
        const documents = Array.from({ length: 23 }, (_, i) =>
          message(i % 2 ? 'word' : 'words', { sentAt: 1_000 + (i >> 3) }),
        );
        await write(...documents);
        const whole = await found(ask('word'));
        expect(new Set(whole)).toEqual(new Set(documents.map(({ id }) => id)));
        const paged: string[] = [];
        let after: string | undefined;
        for (;;) {
          const { hits, hasMore, total } = await index.searchMessages(ask('word', { first: 5, after }));
          expect(total).toBe(23);
          paged.push(...hits.map(({ id }) => id));
          if (!hasMore) break;
          after = hits.at(-1)!.position;
        }
        expect(paged).toEqual(whole);
        const end = (await index.searchMessages(ask('word'))).hits.at(-1)!.position;
        expect(await index.searchMessages(ask('word', { after: end }))).toEqual({
          hits: [],
          hasMore: false,
          total: 23,
        });
      });

      test('pages through people and conversations', async () => {
        const people = Array.from({ length: 12 }, (_, i) => ({ id: nextId(), handle: `kim${i}`, displayName: 'Kim' }));
        const rooms = people.map(() => ({ id: nextId(), title: 'Room', description: '', isPublic: true }));
        await index.writePeople(people.map((person) => written(person)));
        await index.writeConversations(rooms.map((room) => written(room)));
        await tested.settle();
        const pageAll = async (
          search: (after?: string) => Promise<{ hits: { id: string; position: string }[]; hasMore: boolean }>,
        ) => {
          const ids: string[] = [];
          for (let after: string | undefined; ;) {
            const { hits, hasMore } = await search(after);
            ids.push(...hits.map(({ id }) => id));
            if (!hasMore) return ids;
            after = hits.at(-1)!.position;
          }
        };
        expect(await pageAll((after) => index.searchPeople({ text: 'kim', first: 5, after }))).toEqual(
          people.map(({ id }) => id).reverse(),
        );
        expect(
          await pageAll((after) => index.searchConversations({ text: 'room', memberOf: [], first: 5, after })),
        ).toEqual(rooms.map(({ id }) => id).reverse());
      });

      test.each(['', 'x', 'bm9wZQ', 'a'.repeat(10_000), '\u0000'])('refuses what is no position, %#', async (after) => {
        const refusal = { extensions: { code: 'BAD_USER_INPUT' } };
        await expect(index.searchMessages(ask('word', { after }))).rejects.toMatchObject(refusal);
        await expect(index.searchPeople({ text: 'word', first: 5, after })).rejects.toMatchObject(refusal);
        await expect(index.searchConversations({ text: 'word', memberOf: [], first: 5, after })).rejects.toMatchObject(
          refusal,
        );
      });

      test('filters by sender, time, media and mention, and leaves out what is not to be found', async () => {
        const [ann, bob] = [newUuid(1), newUuid(2)];
        const plain = message('word', { senderId: ann, sentAt: 10 });
        const photo = message('word', { senderId: bob, sentAt: 20, mediaKinds: ['IMAGE', 'FILE'] });
        const voice = message('', { senderId: bob, sentAt: 30, mediaKinds: ['VOICE'], mentionedIds: [ann] });
        await write(plain, photo, voice);
        const by = async (text: string, more: Partial<MessageQuery>) => found(ask(text, more));
        expect(await by('word', { senderId: ann })).toEqual([plain.id]);
        expect(await by('', { senderId: bob })).toEqual([voice.id, photo.id]);
        expect(await by('', { sentAfter: 20, sentBefore: 30 })).toEqual([voice.id, photo.id]);
        expect(await by('', { sentAfter: 11, sentBefore: 29 })).toEqual([photo.id]);
        expect(await by('', { hasMedia: true })).toEqual([voice.id, photo.id]);
        expect(await by('', { hasMedia: false })).toEqual([plain.id]);
        expect(await by('word', { hasMedia: false })).toEqual([plain.id]);
        expect(await by('', { mediaKinds: ['VOICE', 'VIDEO'] })).toEqual([voice.id]);
        expect(await by('word', { mediaKinds: ['FILE'] })).toEqual([photo.id]);
        expect(await by('', { mentionedId: ann })).toEqual([voice.id]);
        expect(await by('', { mentionedId: bob })).toEqual([]);
        expect(await by('word', { withoutIds: [photo.id] })).toEqual([plain.id]);
        expect(await by('word', { withoutSenderIds: [ann] })).toEqual([photo.id]);
        const many = Array.from({ length: 1_500 }, () => newUuid(3));
        expect(await by('word', { withoutIds: [...many, plain.id], withoutSenderIds: many })).toEqual([photo.id]);
        const { total } = await index.searchMessages(ask('word', { withoutSenderIds: [ann] }));
        expect(total).toBe(1);
      });

      test('shows where the hits are, in UTF-16 units', async () => {
        const bodies = [
          '😀 cafe\u0301 and 😀runs',
          '東京都😀京都',
          '<em>run</em> & "Müller" 👍🏽',
          `${'lorem ipsum '.repeat(200)}run ${'😀'.repeat(300)}run`,
        ];
        await write(...bodies.map((body) => message(body)));
        const marked = async (text: string) =>
          (await index.searchMessages(ask(text))).hits.map(({ fragments }) =>
            fragments.map((fragment) => fragment.ranges.map(({ start, end }) => fragment.text.slice(start, end))),
          );
        expect(await marked('café')).toEqual([[['cafe\u0301']]]);
        expect(await marked('京都')).toEqual([[['京都', '京都']]]);
        expect(await marked('都')).toEqual([[['都', '都']]]);
        expect(await marked('👍 muller')).toEqual([[['Müller', '👍🏽']]]);
        expect(await marked('running')).toEqual([[['run'], ['run']], [['run']], [['runs']]]);
        const [hit] = (await index.searchMessages(ask('run lorem'))).hits;
        expect(hit!.fragments.length).toBeGreaterThan(1);
        for (const { text, ranges } of hit!.fragments) {
          expect(bodies[3]).toContain(text);
          expect(text.length).toBeLessThan(200);
          expect(text.isWellFormed()).toBe(true);
          expect(ranges.every(({ start, end }) => /^(run|lorem)$/.test(text.slice(start, end)))).toBe(true);
        }
        expect((await index.searchMessages(ask(''))).hits.every(({ fragments }) => fragments.length === 0)).toBe(true);
      });

      test('finds public conversations, and of others those of who asks', async () => {
        const open = { id: nextId(), title: 'Room one', description: '', isPublic: true };
        const closed = { id: nextId(), title: 'Room two', description: '', isPublic: false };
        await index.writeConversations([written(open), written(closed)]);
        await tested.settle();
        const rooms = async (memberOf: string[]) =>
          (await index.searchConversations({ text: 'room', memberOf, first: 5 })).hits.map(({ id }) => id);
        expect(await rooms([])).toEqual([open.id]);
        expect(await rooms([...Array.from({ length: 2_000 }, nextId), closed.id])).toEqual([closed.id, open.id]);
      });

      test('leaves people out', async () => {
        const people = ['kim1', 'kim2'].map((handle) => ({ id: nextId(), handle, displayName: 'Kim' }));
        await index.writePeople(people.map((person) => written(person)));
        await tested.settle();
        const { hits } = await index.searchPeople({ text: 'kim', withoutIds: [people[1]!.id], first: 5 });
        expect(hits.map(({ id }) => id)).toEqual([people[0]!.id]);
      });

      test('counts no further than 10,000', async () => {
        const documents = Array.from({ length: 10_050 }, () => message('word'));
        await write(...documents);
        const { total, hits } = await index.searchMessages(ask('word', { first: 1 }));
        expect([total, hits[0]!.id]).toEqual([10_000, documents.at(-1)!.id]);
      }, 60_000);

      test('takes nothing to write, and much at once', async () => {
        await index.writeMessages([]);
        await index.writePeople([]);
        await index.writeConversations([]);
        const document = message('word');
        await index.writeMessages(Array.from({ length: 1_200 }, (_, i) => written(document, i + 1)));
      });
    });

    rebuildContract(open);
  });
}
