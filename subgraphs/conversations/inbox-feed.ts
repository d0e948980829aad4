import type { Cursors } from '../../platform/cursors/cursors.js';
import type { FeedPage, InboxFeed } from '../../schema/feeds.js';
import type { InboxFeedEvent } from '../../schema/live.js';
import type { InboxRow, InboxStore } from './inbox-store.js';

/** The change feed of inboxes: for the hub, and behind Viewer.inboxChanges. */
export class StoredInboxFeed implements InboxFeed {
  constructor(
    private readonly store: InboxStore,
    private readonly cursors: Cursors,
  ) {}

  async open(userId: string, after: string | null): Promise<{ head: number; after: number }> {
    const position = after === null ? null : this.versionOf(userId, after);
    const head = Number((await this.store.changes(userId, Number.MAX_SAFE_INTEGER, 1)).head);
    return { head, after: position ?? head };
  }

  /** The version in a cursor; 0 for one of another epoch. Throws BAD_USER_INPUT for one of somebody else's inbox. */
  versionOf(userId: string, cursor: string): number {
    const [version = '', epoch = ''] = this.cursors.open('inbox-feed', userId, cursor);
    return Number(epoch) === this.store.epochOf(userId) ? Number(version) : 0;
  }

  cursorOf(userId: string, version: number | bigint): string {
    return this.cursors.seal('inbox-feed', userId, [version, this.store.epochOf(userId)]);
  }

  async changes(userId: string, after: number, first: number): Promise<FeedPage<InboxFeedEvent>> {
    const { rows, version, hasMore } = await this.page(userId, after, first);
    return { events: rows.map(toEvent), version, hasMore };
  }

  /** A page of rows; `version` is the last scanned, or the head's when exhausted. */
  async page(
    userId: string,
    after: number,
    first: number,
  ): Promise<{ rows: InboxRow[]; version: number; hasMore: boolean }> {
    const { rows, head } = await this.store.changes(userId, after, first + 1);
    const page = rows.slice(0, first);
    const hasMore = rows.length > first;
    const last = Number(page.at(-1)?.version ?? after);
    return { rows: page, version: hasMore ? last : Math.max(Number(head), last), hasMore };
  }

  heads(userIds: string[]): Promise<Map<string, number>> {
    return this.store.heads(userIds);
  }
}

function toEvent(row: InboxRow): InboxFeedEvent {
  const { userId, conversationId, version, isRemoved, hiddenMessageId } = row;
  const event: InboxFeedEvent = { kind: 'inbox', userId, conversationId, inboxVersion: Number(version), isRemoved };
  return hiddenMessageId ? { ...event, hiddenMessageId } : event;
}
