import { noAnswer } from '../errors.js';
import {
  ConversationChangesDocument,
  ConversationDocument,
  ConversationEventsDocument,
  MembersDocument,
  MessageDocument,
  MessagesAfterDocument,
  MessagesAroundDocument,
  MessagesBeforeDocument,
} from '../generated/graphql.js';
import type { LiveEvent } from '../store/conversation-store.js';
import type { LiveSink } from '../transport/live.js';
import type { ModelConversation } from './model-conversation.js';

interface Request {
  name: string;
  variables: Record<string, unknown>;
  /** What the server has read; undefined while the request has not reached it. */
  answer: unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}
interface Subscription {
  sink: LiveSink<{ conversationEvents: LiveEvent }>;
  /** Told by the server, not arrived yet. */
  onTheWay: LiveEvent[];
  stop: () => void;
}

const names = new Map<unknown, string>([
  [ConversationDocument, 'conversation'],
  [ConversationChangesDocument, 'changes'],
  [MembersDocument, 'members'],
  [MessageDocument, 'message'],
  [MessagesBeforeDocument, 'before'],
  [MessagesAfterDocument, 'after'],
  [MessagesAroundDocument, 'around'],
]);

/**
 * Between a client and the model: requests reach it late, answers come late, in any order, or never; live events are late,
 * doubled, or lost with their connection. The test says what happens next.
 */
export class FickleNetwork {
  readonly requests: Request[] = [];
  private readonly subscriptions = new Set<Subscription>();

  constructor(private readonly model: ModelConversation) {}

  ask = (document: unknown, variables: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<never> =>
    new Promise((resolve, reject) => {
      const request: Request = {
        name: names.get(document) ?? 'unknown',
        variables: variables as Record<string, unknown>,
        answer: undefined,
        resolve: resolve,
        reject,
      };
      this.requests.push(request);
      signal?.addEventListener('abort', () => {
        this.requests.splice(this.requests.indexOf(request), 1);
        reject(signal.reason as Error);
      });
    });

  subscribe = (document: unknown, _variables: unknown, sink: unknown): (() => void) => {
    // Who types is another story.
    if (document !== ConversationEventsDocument) return () => undefined;
    const { model } = this;
    const onTheWay: LiveEvent[] = [
      { __typename: 'CaughtUp', conversationId: model.id, cursor: model.cursorAt(model.version) },
    ];
    const stop = model.listen((event) => onTheWay.push(event));
    const subscription = { sink: sink as Subscription['sink'], onTheWay, stop };
    this.subscriptions.add(subscription);
    return () => {
      stop();
      this.subscriptions.delete(subscription);
    };
  };

  /** The next live event arrives, or comes twice. */
  deliver(isDoubled: boolean): void {
    for (const { sink, onTheWay } of this.subscriptions) {
      const event = onTheWay.shift();
      if (!event) continue;
      sink.next({ conversationEvents: event });
      if (isDoubled) sink.next({ conversationEvents: structuredClone(event) });
    }
  }

  /** A request reaches the server, which reads. */
  read(pick: number): void {
    const request = of(
      this.requests.filter(({ answer }) => answer === undefined),
      pick,
    );
    if (request) request.answer = this.execute(request);
  }

  /** An answer arrives. */
  answer(pick: number): void {
    const request = of(
      this.requests.filter(({ answer }) => answer !== undefined),
      pick,
    );
    if (!request) return;
    this.requests.splice(this.requests.indexOf(request), 1);
    request.resolve(request.answer);
  }

  /** A request, or its answer, is lost. */
  lose(pick: number): void {
    const request = of(this.requests, pick);
    if (!request) return;
    this.requests.splice(this.requests.indexOf(request), 1);
    request.reject(noAnswer('lost'));
  }

  /** The connection breaks, with all that was on its way. */
  cut(): void {
    for (const { sink, stop } of [...this.subscriptions]) {
      stop();
      sink.end({ kind: 'lost' });
    }
    this.removeStopped();
  }

  get isQuiet(): boolean {
    return this.requests.length === 0 && [...this.subscriptions].every(({ onTheWay }) => onTheWay.length === 0);
  }

  private removeStopped(): void {
    // What subscribed anew while the old ones ended is the newest.
    const newest = [...this.subscriptions].at(-1);
    for (const subscription of [...this.subscriptions])
      if (subscription !== newest) this.subscriptions.delete(subscription);
  }

  private execute({ name, variables }: Request): unknown {
    const { model } = this;
    const { after, first, last, before, seq } = variables as Record<string, number | undefined>;
    const inConversation = (value: object) => ({ conversation: { id: model.id, ...value } });
    switch (name) {
      case 'conversation':
        return { conversation: model.readAll(Number(variables.messages), Number(variables.members)) };
      case 'changes':
        return inConversation({ changes: model.changes(String(after), Math.min(Number(first), 4)) });
      case 'members':
        return inConversation({ members: model.memberPage((variables.after as string | null) ?? null, Number(first)) });
      case 'message':
        return { message: model.byId(String(variables.id)) };
      case 'before':
        return inConversation({ messages: model.page({ before: Number(before), last: Math.min(Number(last), 5) }) });
      case 'after':
        return inConversation({ messages: model.page({ after: Number(after), first: Math.min(Number(first), 5) }) });
      case 'around': {
        const from = Math.max(0, Number(seq) - 3);
        return inConversation({ messagesAround: model.page({ after: from, first: 5 }) });
      }
      default:
        throw new Error(`The model has no answer to ${name}.`);
    }
  }
}

const of = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)];
