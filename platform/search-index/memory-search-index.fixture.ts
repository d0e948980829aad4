import { Fault } from '../errors/errors.js';
import type {
  ConversationDocument,
  Fragment,
  Hits,
  IndexChange,
  IndexOf,
  IndexWriter,
  MessageDocument,
  MessageHit,
  MessageQuery,
  PersonDocument,
  Rebuild,
  SearchIndex,
} from './port.js';

type Entries<Document> = Map<string, IndexChange<Document>>;
interface Contents {
  messages: Entries<MessageDocument>;
  people: Entries<PersonDocument>;
  conversations: Entries<ConversationDocument>;
}
const empty = (): Contents => ({ messages: new Map(), people: new Map(), conversations: new Map() });

/** For tests: whole words alone, and beginnings of words for people. Counts what it was asked. */
export class MemorySearchIndex implements SearchIndex {
  readonly asked: { messages: MessageQuery[]; writes: number } = { messages: [], writes: 0 };
  /** Every call then fails, as where nobody answers. */
  isAway = false;
  live = empty();
  private fresh: Partial<Contents> = {};

  async writeMessages(changes: readonly IndexChange<MessageDocument>[]): Promise<void> {
    this.write('messages', changes);
  }
  async writePeople(changes: readonly IndexChange<PersonDocument>[]): Promise<void> {
    this.write('people', changes);
  }
  async writeConversations(changes: readonly IndexChange<ConversationDocument>[]): Promise<void> {
    this.write('conversations', changes);
  }

  async searchMessages(query: MessageQuery): Promise<Hits<MessageHit> & { total: number }> {
    this.reach();
    this.asked.messages.push(query);
    const words = wordsOf(query.text);
    const found = documents(this.live.messages)
      .filter(
        (document) => fits(document, query) && (query.text.trim() === '' || isEvery(words, wordsOf(document.body))),
      )
      .sort((a, b) => b.sentAt - a.sentAt || (a.id < b.id ? 1 : -1))
      .map(({ id, conversationId, seq, body }) => ({ id, conversationId, seq, fragments: [fragmentOf(body, words)] }));
    return { ...page(found, query), total: Math.min(found.length, 10_000) };
  }

  async searchPeople(query: { text: string; withoutIds?: readonly string[]; first: number; after?: string }) {
    this.reach();
    const words = wordsOf(query.text);
    const found = documents(this.live.people).filter(({ id, handle, displayName }) => {
      const own = [handle.toLowerCase(), ...wordsOf(displayName)];
      return !query.withoutIds?.includes(id) && words.every((word) => own.some((each) => each.startsWith(word)));
    });
    return page(byId(found), query);
  }

  async searchConversations(query: { text: string; memberOf: readonly string[]; first: number; after?: string }) {
    this.reach();
    const words = wordsOf(query.text);
    const found = documents(this.live.conversations).filter(
      ({ id, title, description, isPublic }) =>
        (isPublic || query.memberOf.includes(id)) && isEvery(words, wordsOf(`${title} ${description}`)),
    );
    return page(byId(found), query);
  }

  async rebuild(of: IndexOf): Promise<Rebuild> {
    this.reach();
    const own = empty();
    this.fresh[of] = own[of] as never;
    const fill = (kind: IndexOf) => async (changes: readonly IndexChange<never>[]) => {
      this.reach();
      keep(own[kind] as Entries<never>, changes);
    };
    const isCurrent = () => this.fresh[of] === (own[of] as unknown);
    return {
      writeMessages: fill('messages'),
      writePeople: fill('people'),
      writeConversations: fill('conversations'),
      swap: async () => {
        this.reach();
        if (!isCurrent()) throw new Error('another rebuild has begun');
        this.live[of] = own[of] as never;
        delete this.fresh[of];
      },
      drop: async () => {
        if (isCurrent()) delete this.fresh[of];
      },
    } satisfies Rebuild & IndexWriter;
  }

  async close(): Promise<void> {}

  private write(of: IndexOf, changes: readonly IndexChange<unknown>[]): void {
    this.reach();
    this.asked.writes++;
    keep(this.live[of] as Entries<unknown>, changes);
    if (this.fresh[of]) keep(this.fresh[of] as Entries<unknown>, changes);
  }

  private reach(): void {
    if (this.isAway) throw new Fault('UNAVAILABLE', 'Search cannot be reached right now. Try again.');
  }
}

function keep<Document>(entries: Entries<Document>, changes: readonly IndexChange<Document>[]): void {
  for (const change of changes)
    if (change.version > (entries.get(change.id)?.version ?? -Infinity)) entries.set(change.id, change);
}

const documents = <Document>(entries: Entries<Document>) =>
  [...entries.values()].flatMap(({ document }) => (document === null ? [] : [document]));
const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
const isEvery = (words: string[], own: string[]) => words.length > 0 && words.every((word) => own.includes(word));
const byId = <T extends { id: string }>(found: T[]) => found.sort((a, b) => (a.id < b.id ? 1 : -1));

function fits(document: MessageDocument, query: MessageQuery): boolean {
  const { conversationId, seq, senderId, sentAt, mediaKinds } = document;
  const spans = query.scopes.find((scope) => scope.conversationId === conversationId)?.spans ?? [];
  return (
    spans.some(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= (toSeq ?? Infinity)) &&
    (query.senderId === undefined || query.senderId === senderId) &&
    sentAt >= (query.sentAfter ?? -Infinity) &&
    sentAt <= (query.sentBefore ?? Infinity) &&
    (query.hasMedia === undefined || query.hasMedia === mediaKinds.length > 0) &&
    (query.mediaKinds === undefined || query.mediaKinds.some((kind) => mediaKinds.includes(kind))) &&
    (query.mentionedId === undefined || document.mentionedIds.includes(query.mentionedId)) &&
    !query.withoutIds?.includes(document.id) &&
    !query.withoutSenderIds?.includes(senderId)
  );
}

function fragmentOf(body: string, words: string[]): Fragment {
  const ranges = [...body.matchAll(/[\p{L}\p{N}_]+/gu)]
    .filter(([word]) => words.includes(word.toLowerCase()))
    .map(({ index, 0: word }) => ({ start: index, end: index + word.length }));
  return { text: body, ranges };
}

function page<H extends { id: string }>(found: H[], { first, after }: { first: number; after?: string }) {
  const begin = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && begin === 0) throw new Fault('BAD_USER_INPUT', 'This position is none.');
  const hits = found.slice(begin, begin + first).map((hit) => ({ ...hit, position: hit.id }));
  return { hits, hasMore: found.length > begin + first };
}
