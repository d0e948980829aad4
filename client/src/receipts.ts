import type { Environment } from './environment.js';
import { asParleyError } from './errors.js';
import { UpdateReceiptsDocument } from './generated/graphql.js';
import type { Storage } from './storage/port.js';
import type { Requests } from './transport/requests.js';

interface Marks {
  delivered: number;
  read: number;
}

export interface ReceiptsDeps {
  storage: Storage;
  key: string;
  requests: Pick<Requests, 'mutate'>;
  environment: Environment;
}

/** How long marks gather before they are sent together, in ms; the API takes 100 at once. */
const GATHER = 400;
const AGAIN = 5_000;
const MOST = 100;

/**
 * What this device has received and the person has read, sent in batches and only forward. What could not be sent is in
 * storage.
 */
export class Receipts {
  private readonly sent = new Map<string, Marks>();
  private readonly wanted = new Map<string, Marks>();
  private readonly closed = new AbortController();
  private readonly stopAttending: () => void;
  private isScheduled = false;
  /** Resolves once storage has been read. */
  readonly loaded: Promise<void>;

  constructor(private readonly deps: ReceiptsDeps) {
    // The page may be about to go.
    this.stopAttending = deps.environment.onAttention(() => void this.flush());
    this.loaded = this.load();
  }

  delivered(conversationId: string, seq: number): void {
    this.raise(conversationId, { delivered: seq, read: 0 });
  }

  read(conversationId: string, seq: number): void {
    this.raise(conversationId, { delivered: seq, read: seq });
  }

  close(): void {
    this.stopAttending();
    this.closed.abort();
  }

  private raise(conversationId: string, marks: Marks): void {
    const sent = this.sent.get(conversationId) ?? { delivered: 0, read: 0 };
    const wanted = this.wanted.get(conversationId) ?? sent;
    if (marks.delivered <= wanted.delivered && marks.read <= wanted.read) return;
    this.wanted.set(conversationId, higher(wanted, marks));
    void this.schedule(GATHER);
  }

  private async schedule(wait: number): Promise<void> {
    if (this.isScheduled) return;
    this.isScheduled = true;
    await this.deps.environment.sleep(wait, this.closed.signal).catch(() => undefined);
    this.isScheduled = false;
    if (!this.closed.signal.aborted) await this.flush();
  }

  private async flush(): Promise<void> {
    const batch = [...this.wanted].slice(0, MOST);
    if (batch.length === 0) return;
    for (const [id, marks] of batch) {
      this.wanted.delete(id);
      this.sent.set(id, higher(this.sent.get(id), marks));
    }
    const receipts = batch.map(([conversationId, { delivered, read }]) => ({
      conversationId,
      deliveredSeq: delivered,
      ...(read > 0 ? { readSeq: read } : {}),
    }));
    try {
      await this.deps.requests.mutate(UpdateReceiptsDocument, { input: { receipts } }, { repeatable: true });
      if (this.wanted.size > 0) void this.schedule(GATHER);
      else await this.deps.storage.delete(this.deps.key);
    } catch (error) {
      // Refused for good: of a conversation that the person has left, for one.
      if (!asParleyError(error).retryable) return;
      for (const [id, marks] of batch) {
        this.sent.delete(id);
        this.wanted.set(id, higher(this.wanted.get(id), marks));
      }
      await this.deps.storage.set(this.deps.key, [...this.wanted]).catch(() => undefined);
      void this.schedule(AGAIN);
    }
  }

  private async load(): Promise<void> {
    const kept = (await this.deps.storage.get(this.deps.key).catch(() => undefined)) as [string, Marks][] | undefined;
    for (const [id, marks] of kept ?? []) this.raise(id, marks);
  }
}

const higher = (a: Marks | undefined, b: Marks): Marks => ({
  delivered: Math.max(a?.delivered ?? 0, b.delivered),
  read: Math.max(a?.read ?? 0, b.read),
});
