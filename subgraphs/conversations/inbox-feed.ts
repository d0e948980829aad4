import type { Cursors } from '../../platform/cursors/cursors.js';
import type { FeedPage, InboxFeed } from '../../schema/feeds.js';
import type { InboxFeedEvent } from '../../schema/live.js';
import type { InboxChange, InboxStore } from './inbox-store.js';

/** The change feed of inboxes: for the hub, and behind Viewer.inboxChanges. */
export class StoredInboxFeed implements InboxFeed {
  constructor(
    private readonly store: InboxStore,
    private readonly cursors: Cursors,
  ) {}

  async open(userId: string, after: string | null): Promise<{ head: number; after: number }> {
    const position = after === null ? null : this.versionOf(userId, after);
    const head = await this.store.head(userId);
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
    const { changes, version, hasMore } = await this.page(userId, after, first);
    return { events: changes.map((change) => toEvent(userId, change)), version, hasMore };
  }

  /** A page of changes; `version` is the last scanned, or the head's when exhausted. */
  async page(
    userId: string,
    after: number,
    first: number,
  ): Promise<{ changes: InboxChange[]; version: number; hasMore: boolean }> {
    const { changes, head } = await this.store.changes(userId, after, first + 1);
    const page = changes.slice(0, first);
    const hasMore = changes.length > first;
    const last = page.at(-1)?.version ?? after;
    return { changes: page, version: hasMore ? last : Math.max(head, last), hasMore };
  }

  heads(userIds: string[]): Promise<Map<string, number>> {
    return this.store.heads(userIds);
  }
}

function toEvent(userId: string, change: InboxChange): InboxFeedEvent {
  const { conversationId } = change.row ?? change;
  const event: InboxFeedEvent = {
    kind: 'inbox',
    userId,
    conversationId,
    inboxVersion: change.version,
    isRemoved: change.row?.isRemoved ?? false,
  };
  if (change.row === null) event.hiddenMessageId = change.hiddenMessageId;
  return event;
}
