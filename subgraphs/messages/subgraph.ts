import type { Cursors } from '../../platform/cursors/cursors.js';
import type { EventLog } from '../../platform/event-log/port.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Shards } from '../../platform/shards/shards.js';
import { buildFederatedSchema, type ReferenceResolver } from '../../platform/subgraph/federated-schema.js';
import { limited } from '../../platform/subgraph/limited.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import type { Limits } from '../../platform/rate-limit/limits.js';
import { silentLog, type Log } from '../../platform/telemetry/log.js';
import type { ConversationFeed, InboxFeed } from '../../schema/feeds.js';
import type { Attachables } from '../../schema/media.js';
import type { People } from '../../schema/people.js';
import { ChangeStore } from './change-store.js';
import { Changing } from './changing.js';
import type { MessagesContext } from './context.js';
import { ConversationResolver } from './conversation-resolvers.js';
import {
  CaughtUp,
  ConversationChanged,
  InboxCaughtUp,
  InboxItemChanged,
  MemberChanged,
  MessageChanged,
  MessageHidden,
  WatermarksMoved,
} from './event-types.js';
import { FeedCursors } from './feed-cursors.js';
import { StoredFeed } from './feed.js';
import { HiddenStore } from './hidden-store.js';
import { messagesLoaders } from './loaders.js';
import { MessageResolver, ReactionResolver } from './message-resolvers.js';
import { ChangingResolver, SendingResolver } from './mutations.js';
import { PartsStore } from './parts-store.js';
import { Reading } from './reading.js';
import { receiptLoaders } from './receipt-loaders.js';
import {
  MemberMarksResolver,
  MessageReceiptsResolver,
  ReceiptsResolver,
  WatermarkResolver,
} from './receipt-resolvers.js';
import { Receipts } from './receipts.js';
import { InboxItemResolver, MessagesResolver, references, StreamsResolver } from './resolvers.js';
import { Restraints } from './restraints.js';
import { SendStore } from './send-store.js';
import { Sending } from './sending.js';
import { SpamGuard } from './spam.js';
import { MessageStore } from './store.js';
import { Streams } from './streams.js';
import { WatermarkStore } from './watermark-store.js';

export interface MessagesDeps {
  shards: Shards;
  pubsub: PubSub;
  eventLog: Pick<EventLog, 'append'>;
  people: Pick<People, 'privacy'>;
  /** Without it no message can carry anything. */
  media?: Attachables;
  cursors: Cursors;
  /** Without it, and `ephemeral`, subscriptions are served by the hub alone. */
  inboxes?: InboxFeed;
  log?: Log;
  /** Where texts sent to many are remembered; without it none is suspected. */
  ephemeral?: Ephemeral;
  /** Without them nothing is limited. */
  limits?: Limits;
}
export interface MessagesSubgraph extends Subgraph {
  /** For the hub. */
  feed: ConversationFeed;
  /** How a message reads now, for a moderator; '' where it has no text. Null when that person may not read it. UUIDs. */
  excerptOf(messageId: string, viewerUserId: string): Promise<string | null>;
  /** The person who answers for a message; null where there is none. UUIDs. */
  senderOf(messageId: string): Promise<string | null>;
  /** Answers the sends that were taken, and takes no more. */
  stop(): Promise<void>;
}

export async function messagesSubgraph(deps: MessagesDeps): Promise<MessagesSubgraph> {
  const { shards, pubsub, eventLog, people, cursors, log } = deps;
  const hidden = new HiddenStore(shards);
  const store = new MessageStore(shards, hidden);
  const parts = new PartsStore(shards);
  const sends = new SendStore(shards, pubsub, log ?? silentLog());
  const watermarks = new WatermarkStore(shards);
  const feedCursors = new FeedCursors(cursors, shards);
  const feed = new StoredFeed(shards, feedCursors, hidden);
  const reading = new Reading(store, parts, feed, cursors, feedCursors);
  const { limits, ephemeral, inboxes } = deps;
  const streams =
    inboxes && ephemeral ? new Streams({ feed, inboxes, pubsub, ephemeral, log: log ?? silentLog() }) : null;
  const spam = ephemeral && new SpamGuard(ephemeral, (...args) => store.isOneSided(...args));
  // Who may send what is limited; with limits off, nothing is suspected either.
  const restraints = new Restraints(limits ?? null, (limits?.has('sendMessage') && spam) || null);
  const { sdl, schema } = await buildFederatedSchema({
    resolvers: [
      new MessagesResolver(reading, feedCursors),
      new SendingResolver(new Sending(store, sends, restraints, deps.media ?? null)),
      new ChangingResolver(new Changing(store, new ChangeStore(shards, pubsub, log ?? silentLog()))),
      new StreamsResolver(feedCursors),
      new ConversationResolver(reading, feedCursors),
      new MessageResolver(reading),
      new ReactionResolver(cursors),
      new InboxItemResolver(),
      new ReceiptsResolver(new Receipts(watermarks, eventLog)),
      new MessageReceiptsResolver(cursors),
      new MemberMarksResolver(),
      new WatermarkResolver(),
    ],
    orphanedTypes: [
      MessageChanged,
      MemberChanged,
      WatermarksMoved,
      ConversationChanged,
      CaughtUp,
      InboxItemChanged,
      MessageHidden,
      InboxCaughtUp,
    ],
    references: references as unknown as Record<string, ReferenceResolver>,
    aroundMutation: limits && limited(limits, ['sendMessage', 'forwardMessage']),
  });
  return {
    name: 'messages',
    sdl,
    schema,
    contextFor: (caller): MessagesContext => ({
      caller,
      loaders: {
        ...messagesLoaders(shards, store, parts, caller),
        ...receiptLoaders(shards, watermarks, people, caller),
      },
      streams,
    }),
    feed,
    excerptOf: (messageId, viewerUserId) => reading.excerptOf(messageId, viewerUserId),
    senderOf: (messageId) => reading.senderOf(messageId),
    stop: () => sends.stop(),
  };
}
