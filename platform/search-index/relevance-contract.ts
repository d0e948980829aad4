import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allOf, ask, gone, message, nextId, written, type TestedIndex } from './documents.fixture.js';
import type { MessageDocument, SearchIndex } from './port.js';
import { conversationRelevance, messageRelevance, personRelevance, type Relevance } from './relevance.fixture.js';

/** What is found for what is typed, and in which order. */
export function relevanceContract(open: () => Promise<TestedIndex>): void {
  describe('relevance', () => {
    let tested: TestedIndex;
    let index: SearchIndex;
    beforeAll(async () => {
      tested = await open();
      index = await tested.connect();
    });
    afterAll(async () => {
      await index.close();
      await tested.remove();
    });
    const named = (table: Relevance[]) => table.map((row) => [`${row.what}: ${row.typed}`, row] as const);

    // Each row has people and conversations of its own; messages are told apart by their conversation.
    describe('of messages', () => {
      const conversations = messageRelevance.map(() => nextId());
      let documents: MessageDocument[][];
      beforeAll(async () => {
        documents = messageRelevance.map(({ texts }, i) =>
          texts.map((text) => message(text, { conversationId: conversations[i]! })),
        );
        await index.writeMessages(documents.flat().map((document) => written(document)));
        await tested.settle();
      });
      test.each(named(messageRelevance))('%s', async (_what, row) => {
        const place = messageRelevance.indexOf(row);
        const { hits, total } = await index.searchMessages(ask(row.typed, { scopes: [allOf(conversations[place]!)] }));
        expect(hits.map(({ id }) => documents[place]!.findIndex((document) => document.id === id))).toEqual(row.found);
        expect(total).toBe(row.found.length);
        for (const { fragments } of hits) expect(fragments.flatMap(({ ranges }) => ranges)).not.toEqual([]);
      });
    });

    describe('of people', () => {
      test.each(named(personRelevance))('%s', async (_what, { texts, typed, found }) => {
        const people = texts.map((text) => {
          const [handle = '', displayName = ''] = text.split('|');
          return { id: nextId(), handle, displayName };
        });
        await index.writePeople(people.map((person) => written(person)));
        await tested.settle();
        const { hits } = await index.searchPeople({ text: typed, first: 50 });
        expect(hits.map(({ id }) => people.findIndex((person) => person.id === id))).toEqual(found);
        await index.writePeople(people.map((person) => gone(person, 2)));
        await tested.settle();
      });
    });

    describe('of conversations', () => {
      test.each(named(conversationRelevance))('%s', async (_what, { texts, typed, found }) => {
        const all = texts.map((text) => {
          const [title = '', description = ''] = text.split('|');
          return { id: nextId(), title, description, isPublic: true };
        });
        await index.writeConversations(all.map((each) => written(each)));
        await tested.settle();
        const { hits } = await index.searchConversations({ text: typed, memberOf: [], first: 50 });
        expect(hits.map(({ id }) => all.findIndex((each) => each.id === id))).toEqual(found);
        await index.writeConversations(all.map((each) => gone(each, 2)));
        await tested.settle();
      });
    });
  });
}
