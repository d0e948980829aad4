import type { Person } from '../../platform/auth/caller.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { Fault } from '../../platform/errors/errors.js';
import type { Limits } from '../../platform/rate-limit/limits.js';
import type { Fragment, Hit, MediaKind, MessageHit, SearchIndex } from '../../platform/search-index/port.js';
import type { People } from '../../schema/people.js';
import { checkFirst, checkQuery } from './checks.js';
import { pageOf, type Page } from './pages.js';
import type { SearchStore } from './store.js';

/** What is asked for, and which page of it. */
export interface Wanted {
  query: string;
  first: number;
  /** A sealed cursor. */
  after: string | null;
}
/** UUIDs; null for an id that is none. What is absent does not narrow. */
export interface MessageFilter {
  conversationId?: string | null;
  senderId?: string | null;
  /** Unix ms, both included. */
  sentAfter?: number;
  sentBefore?: number;
  hasMedia?: boolean;
  mediaKinds?: MediaKind[];
  mentionsViewer?: boolean;
}

export interface FoundMessage extends Hit {
  /** Whether there is nothing of it left to show. */
  isGone: boolean;
  highlights: Fragment[];
}
export interface Found<H extends Hit> extends Page<H> {
  /** Of a position of this very search by this very person. */
  cursorOf: (position: string) => string;
  /** Something was left out, because a part of the data cannot be reached. */
  isPartial: boolean;
}

export interface SearchDeps {
  index: Pick<SearchIndex, 'searchMessages' | 'searchPeople' | 'searchConversations'>;
  store: SearchStore;
  people: Pick<People, 'findable'>;
  cursors: Cursors;
  /** Without them nothing is limited. */
  limits?: Limits;
}

/**
 * Who finds what. The index is asked for no more than the viewer may see; and since it is behind by a moment, what it answers
 * is held against the shards and the directory before anything of it is shown.
 */
export class Search {
  constructor(private readonly deps: SearchDeps) {}

  async messages(
    viewer: Person,
    wanted: Wanted,
    filter: MessageFilter,
  ): Promise<Found<FoundMessage> & { total: number }> {
    const { index, store } = this.deps;
    const { userId } = viewer;
    const { text, after, cursorOf } = await this.admit('searchMessages', viewer, wanted, filter);
    const nothing = { hits: [], hasMore: false, end: null, cursorOf, isPartial: false, total: 0 };
    const { conversationId, senderId, mentionsViewer, ...narrowing } = filter;
    if (conversationId === null || senderId === null) return nothing;
    const ids = conversationId ? [conversationId] : await store.conversationIds(userId, 'all');
    const [scopes, withoutIds] = await Promise.all([
      store.scopes(userId, ids),
      store.hidden(userId, conversationId ?? null),
    ]);
    const isPartial = scopes.missing.size > 0;
    if (scopes.known.length === 0) return { ...nothing, isPartial };
    let total: number | null = null;
    const page = await pageOf<MessageHit>(
      wanted.first,
      after,
      async (first, from) => {
        const answer = await index.searchMessages({
          ...narrowing,
          text,
          scopes: scopes.known,
          senderId,
          mentionedId: mentionsViewer ? userId : undefined,
          withoutIds,
          first,
          after: from,
        });
        total ??= answer.total;
        return answer;
      },
      async (hits) => {
        const hidden = await store.hiddenAmong(userId, idsOf(hits));
        return hits.filter(({ id }) => !hidden.has(id));
      },
    );
    return { ...page, hits: await this.current(page.hits), cursorOf, isPartial, total: total ?? 0 };
  }

  /** By handle and name. Not who blocked the viewer or whom the viewer blocked, nor who is deleted or suspended. */
  async people(viewer: Person, wanted: Wanted): Promise<Found<Hit>> {
    const { index, people } = this.deps;
    const { text, after, cursorOf } = await this.admit('searchUsers', viewer, wanted);
    const page = await pageOf<Hit>(
      wanted.first,
      after,
      (first, from) => index.searchPeople({ text, first, after: from }),
      async (hits) => {
        const findable = await people.findable(viewer.userId, idsOf(hits));
        return hits.filter(({ id }) => findable.has(id));
      },
    );
    return { ...page, cursorOf, isPartial: false };
  }

  /** Public channels, and what the viewer is in. */
  async conversations(viewer: Person, wanted: Wanted): Promise<Found<Hit>> {
    const { index, store } = this.deps;
    const { text, after, cursorOf } = await this.admit('searchConversations', viewer, wanted);
    const memberOf = await store.conversationIds(viewer.userId, 'titled');
    let isPartial = false;
    const page = await pageOf<Hit>(
      wanted.first,
      after,
      (first, from) => index.searchConversations({ text, memberOf, first, after: from }),
      async (hits) => {
        const open = await store.openTo(viewer.userId, idsOf(hits));
        isPartial ||= open.missing.size > 0;
        return hits.filter(({ id }) => open.known.has(id));
      },
    );
    return { ...page, cursorOf, isPartial };
  }

  /** Only what a message says now is shown of it: the index may still have an earlier text, or one that was deleted. */
  private async current(hits: MessageHit[]): Promise<FoundMessage[]> {
    const { known, missing } = await this.deps.store.bodies(idsOf(hits));
    return hits.map(({ id, position, fragments }) => {
      const body = known.get(id);
      return {
        id,
        position,
        isGone: body === undefined && !missing.has(id),
        highlights: fragments.filter(({ text }) => body?.includes(text)),
      };
    });
  }

  /** Checks what is asked, and takes it from the viewer's allowance. Throws BAD_USER_INPUT and RATE_LIMITED. */
  private async admit(field: string, viewer: Person, { query, first, after }: Wanted, filter: MessageFilter = {}) {
    const { cursors, limits } = this.deps;
    const text = checkQuery(query, Object.keys(filter).length > 0);
    checkFirst(first);
    const about = JSON.stringify([field, viewer.userId, text, filter]);
    const position = after === null ? undefined : cursors.open('search', about, after).join(' ');
    const allowance = await limits?.take(field, viewer);
    if (allowance && !allowance.isAllowed) {
      const at = new Date(allowance.resetAt).toISOString();
      throw new Fault('RATE_LIMITED', `Too many searches. Try again at ${at}.`, { extensions: { retryAt: at } });
    }
    return { text, after: position, cursorOf: (at: string) => cursors.seal('search', about, [at]) };
  }
}

const idsOf = (hits: readonly Hit[]) => hits.map(({ id }) => id);
