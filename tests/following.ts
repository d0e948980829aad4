import { messageFields, type ChatMember, type ChatMessage } from './chat.js';
import type { AnswerError, Device, Ending, Stream } from './client.js';
import { anyMoment, waitFor } from './wait-for.js';

export interface Watermark {
  userId: string;
  deliveredSeq: number;
  readSeq: number | null;
}
export interface ConversationEvent {
  __typename: 'MessageChanged' | 'MemberChanged' | 'WatermarksMoved' | 'ConversationChanged' | 'CaughtUp';
  conversationId: string;
  cursor: string;
  message?: ChatMessage;
  userId?: string;
  isMember?: boolean;
  member?: ChatMember | null;
  watermarks?: Watermark[];
}
export const conversationEventFields = `__typename conversationId cursor
  ... on MessageChanged { message { ${messageFields} } }
  ... on MemberChanged { userId isMember member { userId role } }
  ... on WatermarksMoved { watermarks { userId deliveredSeq readSeq } }`;
export const conversationEventsDocument = `subscription ($conversationId: ID!, $after: String) {
  conversationEvents(conversationId: $conversationId, after: $after) { ${conversationEventFields} } }`;

export interface InboxEvent {
  __typename:
    | 'MessageChanged'
    | 'MemberChanged'
    | 'WatermarksMoved'
    | 'ConversationChanged'
    | 'InboxItemChanged'
    | 'InboxCaughtUp';
  conversationId?: string;
  cursor: string;
  isRemoved?: boolean;
  item?: { conversationId: string; unreadCount: number } | null;
  message?: ChatMessage;
  userId?: string;
  isMember?: boolean;
  watermarks?: Watermark[];
}
export const inboxEventsDocument = `subscription ($after: String) { inboxEvents(after: $after) { __typename
  ... on MessageChanged { conversationId cursor message { ${messageFields} } }
  ... on MemberChanged { conversationId cursor userId isMember }
  ... on WatermarksMoved { conversationId cursor watermarks { userId deliveredSeq readSeq } }
  ... on ConversationChanged { conversationId cursor }
  ... on InboxItemChanged { conversationId cursor isRemoved item { conversationId unreadCount } }
  ... on InboxCaughtUp { cursor } } }`;

interface Told {
  event: ConversationEvent;
  at: number;
}

/**
 * A device that follows one conversation as a good client does: it remembers the last cursor, and subscribes after it
 * again when its stream breaks.
 */
export class Following {
  readonly told: Told[] = [];
  readonly failures: AnswerError[] = [];
  /** Set once the stream has ended for good: as complete, or with an error that is no use to retry. */
  ending: Ending | null = null;
  /** How often it subscribed. */
  attempts = 0;
  private stream: Stream<{ conversationEvents: ConversationEvent }> | null = null;
  private isPaused = false;

  private constructor(
    readonly device: Device,
    readonly conversationId: string,
    /** Where it began; null: live only. */
    readonly start: string | null,
    /** The last cursor that it was told. */
    public cursor: string | null,
    private readonly persists: boolean,
  ) {}

  /** Resolves once it is caught up. `persists`: subscribes again by itself whenever the connection breaks. */
  static async start(
    device: Device,
    conversationId: string,
    { after = null, persists = false }: { after?: string | null; persists?: boolean } = {},
  ): Promise<Following> {
    const following = new Following(device, conversationId, after, after, persists);
    following.subscribe();
    await following.caughtUp();
    return following;
  }

  get events(): ConversationEvent[] {
    return this.told.map(({ event }) => event).filter(({ __typename }) => __typename !== 'CaughtUp');
  }

  get messages(): ChatMessage[] {
    return this.told.flatMap(({ event }) => event.message ?? []);
  }

  /** What people said in them. */
  get bodies(): string[] {
    return this.messages.flatMap(({ body }) => body ?? []);
  }

  get lastSeq(): number {
    return this.messages.at(-1)?.seq ?? 0;
  }

  /** The connection is lost, and nobody tries again before resume(). */
  interrupt(): void {
    this.isPaused = true;
    this.device.drop();
    this.stream?.unsubscribe();
  }

  /** Ends the subscription and leaves the socket. */
  stop(): void {
    this.isPaused = true;
    this.stream?.unsubscribe();
  }

  /** Subscribes after the last cursor, with what it has kept; resolves once it is caught up. */
  async resume(): Promise<void> {
    this.isPaused = false;
    const before = this.told.length;
    this.subscribe();
    await this.caughtUp(before);
  }

  async caughtUp(from = 0, limit = 20_000): Promise<void> {
    await this.waitUntil(
      'CaughtUp',
      () => this.told.slice(from).some(({ event }) => event.__typename === 'CaughtUp'),
      limit,
    );
  }

  untilMessage(body: string, limit = 5_000): Promise<ChatMessage> {
    return this.waitUntil(`the message "${body}"`, () => this.messages.find((message) => message.body === body), limit);
  }

  untilSeq(seq: number, limit = 10_000): Promise<unknown> {
    return this.waitUntil(`seq ${seq}`, () => this.lastSeq >= seq, limit);
  }

  untilEnded(limit = 2_000): Promise<Ending> {
    return waitFor(
      'the stream has ended',
      () => this.ending,
      limit,
      () => this.told.slice(-3),
    );
  }

  private waitUntil<T>(what: string, condition: () => T, limit: number) {
    return waitFor(
      `${this.device.person.handle} was told ${what}`,
      () => {
        const value = condition();
        if (!value && this.ending)
          throw new Error(`The stream of ${this.device.person.handle} ended: ${JSON.stringify(this.ending)}`);
        return value;
      },
      limit,
      () => ({ lastSeq: this.lastSeq, last: this.told.slice(-3), failures: this.failures, attempts: this.attempts }),
    );
  }

  private subscribe(): void {
    this.attempts++;
    const stream = this.device.subscribe<{ conversationEvents: ConversationEvent }>(conversationEventsDocument, {
      conversationId: this.conversationId,
      after: this.cursor,
    });
    this.stream = stream;
    stream.listen(
      ({ conversationEvents: event }, at) => {
        this.told.push({ event, at });
        this.cursor = event.cursor;
      },
      (ending) => {
        this.failures.push(...stream.failures);
        if (this.stream !== stream || this.isPaused) return;
        const isForGood =
          ending.how === 'complete' ||
          (ending.how === 'errors' && !ending.errors.some(({ extensions }) => extensions?.retryable));
        if (isForGood || !this.persists) this.ending = ending;
        else
          void anyMoment(10, 150).then(() => {
            if (this.stream === stream && !this.isPaused) this.subscribe();
          });
      },
    );
  }
}
