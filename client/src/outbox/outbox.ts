import type { Backoff } from '../backoff.js';
import type { Environment, Tabs } from '../environment.js';
import { asParleyError, type ParleyError } from '../errors.js';
import { SendMessageDocument } from '../generated/graphql.js';
import { Cell, type Observable } from '../observable.js';
import type { Message } from '../store/message.js';
import type { Storage } from '../storage/port.js';
import { Alone } from '../tabs/alone.js';
import type { Requests } from '../transport/requests.js';
import type { Uploads } from '../uploads/uploads.js';
import { Waiting } from '../waiting.js';
import { toInput, type Draft, type OutboxEntry } from './entry.js';

export interface OutboxDeps {
  storage: Storage;
  /** Of its keys, ending in a slash. */
  prefix: string;
  requests: Pick<Requests, 'mutate'>;
  uploads: Pick<Uploads, 'resume' | 'cancel'>;
  environment: Environment;
  tabs: Tabs | null;
  /** Told before a message is asked to be stored; what it returns is told the stored one. */
  onSend: (conversationId: string) => (message: Message | null) => void;
}

const backoff: Backoff = { first: 500, most: 30_000 };

/**
 * Messages on their way: kept in storage until the server has them, sent in order for each conversation, by one tab at a
 * time. One that is sent again has the same clientMessageId, so the server stores it once.
 */
export class Outbox {
  private readonly cell = new Cell<readonly OutboxEntry[]>([]);
  private readonly alone: Alone;
  private readonly closed = new AbortController();
  private readonly stopListening: (() => void)[];
  private count = 0;
  private readonly waiting: Waiting;
  /** Conversations that this tab sends for. */
  private readonly sending = new Set<string>();
  /** Messages whose files this tab uploads, by their keys. */
  private readonly uploading = new Map<string, OutboxEntry>();
  /** Resolves once storage has been read. */
  readonly loaded: Promise<void>;

  constructor(private readonly deps: OutboxDeps) {
    const { tabs, environment } = deps;
    this.alone = new Alone(tabs);
    this.waiting = new Waiting(environment, backoff);
    this.stopListening = [
      environment.onAttention(() => this.hurry()),
      tabs?.onMessage((message) => {
        if ((message as { type?: unknown }).type === 'outbox') void this.load();
      }) ?? (() => undefined),
    ];
    this.loaded = this.load();
  }

  /** In the order in which they were sent. */
  get entries(): Observable<readonly OutboxEntry[]> {
    return this.cell;
  }

  /**
   * Resolves with its clientMessageId once it is in storage, its files included; it is shown at once. Rejects where storage
   * does not take it: nothing is sent then.
   */
  async send(conversationId: string, draft: Draft): Promise<string> {
    const { environment } = this.deps;
    const clientMessageId = environment.uuid();
    const createdAt = environment.now();
    const entry: OutboxEntry = {
      key: this.nextKey(clientMessageId),
      clientMessageId,
      conversationId,
      draft,
      createdAt,
      failure: null,
    };
    this.cell.set([...this.cell.get(), entry]);
    try {
      await this.write(entry);
    } catch (error) {
      this.cell.set(this.without(entry));
      throw error;
    }
    // Another tab may have made this one read storage meanwhile.
    if (!this.find(clientMessageId)) this.cell.set([...this.cell.get(), entry]);
    this.drain();
    return clientMessageId;
  }

  /** Puts a failed message behind all others, as the same message. */
  async retry(clientMessageId: string): Promise<void> {
    const entry = this.find(clientMessageId);
    if (!entry?.failure) return;
    const again = { ...entry, key: this.nextKey(clientMessageId), failure: null };
    this.cell.set([...this.without(entry), again]);
    await this.write(again);
    await this.remove(entry);
    this.drain();
  }

  /** Gives a message up. One that is being sent may have reached the server already. */
  async discard(clientMessageId: string): Promise<void> {
    const entry = this.find(clientMessageId);
    if (!entry) return;
    await this.remove(entry);
    this.cancelFiles(entry);
  }

  /** Tries now what waits for a better time. */
  hurry(): void {
    this.waiting.hurry();
  }

  close(): void {
    this.closed.abort();
    for (const stop of this.stopListening) stop();
  }

  private async load(): Promise<void> {
    const { storage, prefix } = this.deps;
    const entries = await storage.entries(prefix).catch(() => []);
    if (this.closed.signal.aborted) return;
    this.cell.set(entries.map(([, entry]) => entry as OutboxEntry));
    // Another tab has discarded them.
    for (const entry of this.uploading.values()) if (!this.find(entry.clientMessageId)) this.cancelFiles(entry);
    this.drain();
  }

  /** One loop for each conversation that has something to send; among all tabs. */
  private drain(): void {
    for (const { conversationId, failure } of this.cell.get()) {
      if (failure || this.sending.has(conversationId) || this.closed.signal.aborted) continue;
      this.sending.add(conversationId);
      void this.alone
        .run(`outbox/${conversationId}`, () => this.sendAll(conversationId))
        .catch(() => false)
        .then((isEmpty) => {
          this.sending.delete(conversationId);
          // Something may have come after storage was read for the last time.
          if (isEmpty) this.drain();
        });
    }
  }

  /** Whether there is nothing left to send. */
  private async sendAll(conversationId: string): Promise<boolean> {
    const { storage, prefix } = this.deps;
    for (let failures = 0; !this.closed.signal.aborted;) {
      // Storage decides: another tab may have sent some of them.
      const entries = (await storage.entries(prefix)).map(([, entry]) => entry as OutboxEntry);
      const next = entries.find((entry) => entry.conversationId === conversationId && !entry.failure);
      if (!next) {
        this.showSent(conversationId, entries);
        return true;
      }
      const problem = await this.sendOne(next);
      // Given up because the page goes: whoever comes next sends it again.
      if (this.closed.signal.aborted) return false;
      if (!problem) failures = 0;
      else if (problem.retryable || problem.code === 'MEDIA_NOT_READY')
        await this.waiting.before(problem, failures++, this.closed.signal);
      else if (problem.code === 'UNAUTHENTICATED') return false;
      else await this.fail(next, problem);
    }
    return false;
  }

  /** What is not in storage any more was sent by another tab. */
  private showSent(conversationId: string, entries: readonly OutboxEntry[]): void {
    const there = new Set(entries.map(({ key }) => key));
    this.cell.set(this.cell.get().filter((each) => each.conversationId !== conversationId || there.has(each.key)));
  }

  private async sendOne(entry: OutboxEntry): Promise<ParleyError | null> {
    const { requests, onSend } = this.deps;
    let mediaIds: string[];
    try {
      mediaIds = await this.upload(entry);
    } catch (error) {
      return asParleyError(error);
    }
    const onSent = onSend(entry.conversationId);
    try {
      const { signal } = this.closed;
      const input = toInput(entry, mediaIds);
      const { message } = await requests.mutate(SendMessageDocument, { input }, { signal, attempts: 1 });
      onSent(message);
      await this.remove(entry);
      return null;
    } catch (error) {
      onSent(null);
      return asParleyError(error);
    }
  }

  /** Resolves with the ids of its files, when a message may carry all of them. An upload goes on by itself until then. */
  private async upload(entry: OutboxEntry): Promise<string[]> {
    const { files = [] } = entry.draft;
    if (files.length === 0) return [];
    this.uploading.set(entry.key, entry);
    try {
      return await Promise.all(files.map((file) => this.deps.uploads.resume(file).mediaId()));
    } finally {
      this.uploading.delete(entry.key);
    }
  }

  private cancelFiles({ draft }: OutboxEntry): void {
    for (const { uploadId } of draft.files ?? []) this.deps.uploads.cancel(uploadId);
  }

  private async fail(entry: OutboxEntry, { code, message }: ParleyError): Promise<void> {
    // The person has discarded it meanwhile.
    if ((await this.deps.storage.get(this.deps.prefix + entry.key)) === undefined) return;
    const failed = { ...entry, failure: { code, message } };
    this.cell.set(this.cell.get().map((each) => (each.key === entry.key ? failed : each)));
    await this.write(failed);
  }

  private async write(entry: OutboxEntry): Promise<void> {
    await this.deps.storage.set(this.deps.prefix + entry.key, entry);
    this.deps.tabs?.post({ type: 'outbox' });
  }

  private async remove(entry: OutboxEntry): Promise<void> {
    await this.deps.storage.delete(this.deps.prefix + entry.key);
    this.cell.set(this.without(entry));
    this.deps.tabs?.post({ type: 'outbox' });
  }

  private find(clientMessageId: string): OutboxEntry | undefined {
    return this.cell.get().find((entry) => entry.clientMessageId === clientMessageId);
  }

  private without({ key }: OutboxEntry): OutboxEntry[] {
    return this.cell.get().filter((each) => each.key !== key);
  }

  /** Later than all that this tab has made, and, as far as clocks go, than those of others. */
  private nextKey(clientMessageId: string): string {
    const time = String(this.deps.environment.now()).padStart(15, '0');
    return `${time}-${String(this.count++).padStart(9, '0')}-${clientMessageId}`;
  }
}
