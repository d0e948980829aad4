import type { Log } from '../../platform/telemetry/log.js';
import type { Statement } from '../../platform/database/hot-pool.js';
import { isMoved, isUnavailable } from '../../platform/database/unavailable.js';
import { Fault } from '../../platform/errors/errors.js';
import { bucketOf, newUuid } from '../../platform/ids/ids.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Shard, Shards } from '../../platform/shards/shards.js';
import type { MessageSnapshot } from '../../schema/events.js';
import { channels } from '../../schema/live.js';
import { BUSY, GroupCommit } from './group-commit.js';

/** What a person wants to say. Ids are UUIDs; the texts have been checked. */
export interface Send {
  conversationId: string;
  senderId: string;
  clientMessageId: string;
  body: string;
  replyToId?: string | undefined;
  mentions?: MessageSnapshot['mentions'];
  attachments?: MessageSnapshot['attachments'];
  /** The user who wrote what is forwarded. */
  forwardedFromId?: string | undefined;
  /** W3C trace context of the request. */
  traceparent?: string | undefined;
}
/** 'stored' for a retry as well: the message is the first one then. */
export type SendOutcome =
  | { kind: 'stored'; message: MessageSnapshot }
  | { kind: 'notAMember' | 'forbidden' | 'blocked' | 'noReplyTarget' | 'mentionsOthers' }
  | { kind: 'slowMode'; retryAt: Date };

/** Stores messages, in one batch per shard at a time. */
export class SendStore {
  private readonly groups = new Map<Shard, GroupCommit<Send, SendOutcome>>();
  private isStopped = false;

  constructor(
    private readonly shards: Shards,
    private readonly pubsub: PubSub,
    private readonly log: Log,
  ) {}

  /** Resolves once committed. Throws UNAVAILABLE, retryable, when it could not be, or may not have been, in 4 s. */
  async append(send: Send): Promise<SendOutcome> {
    return this.shards.on(send.conversationId, (shard) => this.groupOf(shard).run(send));
  }

  /** Answers the sends that were taken, and takes no more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all([...this.groups.values()].map((group) => group.stop()));
  }

  private groupOf(shard: Shard): GroupCommit<Send, SendOutcome> {
    let group = this.groups.get(shard);
    if (!group) {
      if (this.isStopped) throw new Fault('UNAVAILABLE', 'This process is stopping. Try again.');
      group = new GroupCommit<Send, SendOutcome>({
        commit: (batch, wait) => this.commit(shard, batch, wait),
        // Of a batch, a bucket that moves is the matter of a few.
        isUnavailable: (error) => isUnavailable(error) && !isMoved(error),
      });
      this.groups.set(shard, group);
    }
    return group;
  }

  private async commit(shard: Shard, batch: Send[], wait: boolean): Promise<(SendOutcome | typeof BUSY)[]> {
    const ids = batch.map((send) => newUuid(bucketOf(send.conversationId)));
    const rows = await shard.db.hot.query<SendRow>(sendMessages, [
      wait,
      batch.map((send) => send.conversationId),
      batch.map((send) => send.senderId),
      ids,
      batch.map((send) => send.clientMessageId),
      batch.map((send) => send.body),
      given(batch, (send) => send.replyToId),
      given(batch, (send) => send.mentions && JSON.stringify(send.mentions)),
      given(batch, (send) => send.forwardedFromId),
      given(batch, (send) => send.traceparent),
      given(batch, (send) => send.attachments && JSON.stringify(send.attachments)),
    ]);
    const outcomes = new Array<SendOutcome | typeof BUSY>(batch.length);
    let isNews = false;
    for (const row of rows) {
      const send = batch[row.n - 1];
      if (!send) continue;
      isNews ||= row.outcome === 'stored';
      // The first of equal sends in this batch: what is stored is its text.
      const first = row.outcome === 'duplicate' && !row.message ? batch[ids.indexOf(row.id)] : undefined;
      outcomes[row.n - 1] = row.outcome === 'busy' ? BUSY : toOutcome(first ?? send, row);
    }
    if (isNews)
      this.pubsub
        .publish(channels.outbox(shard.name), '')
        .catch((error: unknown) => this.log.warn({ err: error }, 'the relay was not poked; it polls as well'));
    return outcomes;
  }
}

const sendMessages: Statement = {
  name: 'send_messages',
  text: `select n, outcome, id, seq, created_at, expires_at, retry_at, message
    from send_messages($1::boolean, $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[]::jsonb[], $9::uuid[], $10::text[], $11::text[]::jsonb[])`,
};

/** Of each send, or nothing where no send has it. */
function given(batch: Send[], of: (send: Send) => string | undefined): (string | null)[] {
  return batch.some(of) ? batch.map((send) => of(send) ?? null) : [];
}

const refusals = {
  // Whether such a conversation exists is nobody's business but its members'.
  unknown: 'notAMember',
  'not-a-member': 'notAMember',
  forbidden: 'forbidden',
  blocked: 'blocked',
  'no-reply-target': 'noReplyTarget',
  'mentions-others': 'mentionsOthers',
} as const;

interface SendRow {
  n: number;
  outcome: 'stored' | 'duplicate' | 'busy' | 'slow-mode' | keyof typeof refusals;
  id: string;
  seq: number;
  created_at: Date;
  expires_at: Date | null;
  retry_at: Date;
  message: MessageSnapshot | null;
}

function toOutcome(send: Send, row: SendRow): SendOutcome {
  switch (row.outcome) {
    case 'stored':
    case 'duplicate':
      return { kind: 'stored', message: row.message ?? toSnapshot(send, row) };
    case 'slow-mode':
      return { kind: 'slowMode', retryAt: row.retry_at };
    case 'busy':
      throw new Error('a busy send has no outcome');
    default:
      return { kind: refusals[row.outcome] };
  }
}

function toSnapshot(send: Send, row: SendRow): MessageSnapshot {
  const { replyToId, mentions, attachments, forwardedFromId } = send;
  return {
    id: row.id,
    conversationId: send.conversationId,
    seq: row.seq,
    senderId: send.senderId,
    kind: kindOf(attachments),
    body: send.body,
    clientMessageId: send.clientMessageId,
    createdAt: row.created_at.toISOString(),
    ...(mentions && { mentions }),
    ...(attachments && { attachments }),
    ...(replyToId && { replyToId }),
    ...(forwardedFromId && { forwardedFromId }),
    ...(row.expires_at && { expiresAt: row.expires_at.toISOString() }),
  };
}

/** As send_messages has it. */
function kindOf(attachments: MessageSnapshot['attachments']): MessageSnapshot['kind'] {
  if (!attachments) return 'TEXT';
  return attachments.length === 1 && attachments[0]?.kind === 'VOICE' ? 'VOICE' : 'MEDIA';
}
