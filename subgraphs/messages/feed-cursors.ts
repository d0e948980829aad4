import type { Cursors } from '../../platform/cursors/cursors.js';
import { Fault } from '../../platform/errors/errors.js';
import type { Shards } from '../../platform/shards/shards.js';

/** A place in a conversation's change feed. */
export interface FeedPosition {
  conversationId: string;
  version: number;
}

/**
 * Cursors of change feeds: the version after which to go on, and the shard's epoch. A conversation's tells which
 * conversation it is of, so that it can be used alone. One of another epoch means the start: the commits that it had seen
 * may be lost.
 */
export class FeedCursors {
  constructor(
    private readonly cursors: Cursors,
    private readonly shards: Shards,
  ) {}

  ofConversation(conversationId: string, version: number): string {
    return this.cursors.seal('conversation-feed', '', [version, this.shards.of(conversationId).epoch, conversationId]);
  }

  ofInbox(userId: string, version: number): string {
    return this.cursors.seal('inbox-feed', userId, [version, this.shards.of(userId).epoch]);
  }

  /** Throws BAD_USER_INPUT for a cursor that is not one of a conversation's feed. */
  open(cursor: string): FeedPosition {
    const [version = '', epoch = '', conversationId = ''] = this.cursors.open('conversation-feed', '', cursor);
    const isCurrent = Number(epoch) === this.shards.of(conversationId).epoch;
    return { conversationId, version: isCurrent ? Number(version) : 0 };
  }

  /** The version. Throws BAD_USER_INPUT for a cursor that is not one of this conversation's feed. */
  openOf(conversationId: string, cursor: string): number {
    const position = this.open(cursor);
    if (position.conversationId === conversationId) return position.version;
    throw new Fault('BAD_USER_INPUT', 'This cursor is of another conversation.');
  }
}
