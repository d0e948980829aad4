import { delayOf, type Backoff } from './backoff.js';
import type { Environment } from './environment.js';
import { asParleyError } from './errors.js';
import {
  InboxDocument,
  InboxEventsDocument,
  InboxItemDocument,
  UpdateInboxItemDocument,
  type UpdateInboxItemInput,
} from './generated/graphql.js';
import type { Observable } from './observable.js';
import type { Receipts } from './receipts.js';
import type { Snapshots } from './snapshots.js';
import { InboxStore, type InboxEvent, type ListName } from './store/inbox-store.js';
import { viewOfInbox, type InboxView } from './store/inbox-view.js';
import type { Live, LiveEnd } from './transport/live.js';
import type { Requests } from './transport/requests.js';
import { View } from './view.js';

export interface InboxDeps {
  viewerId: string;
  requests: Pick<Requests, 'ask' | 'mutate'>;
  live: Pick<Live, 'subscribe'>;
  environment: Environment;
  receipts: Receipts;
  snapshots: Snapshots;
  onHidden: (conversationId: string, messageId: string) => void;
}

const PAGE = 30;
/** How long rows gather that have to be read anew, in ms. */
const GATHER = 300;
/** Rows of large conversations are moved by no event: they are read anew so often while somebody looks, in ms. */
const LOOK_AGAIN = 60_000;
const backoff: Backoff = { first: 1_000, most: 30_000 };

/** The conversation list: from storage at once, then what changed since, then live. */
export class Inbox {
  readonly store: InboxStore;
  private readonly shown: View<InboxView>;
  private readonly closed = new AbortController();
  private readonly vague = new Set<string>();
  private stopLive: () => void = () => undefined;
  private isLive = false;
  private isReading = false;
  private failures = 0;

  constructor(private readonly deps: InboxDeps) {
    this.shown = new View(() => viewOfInbox(this.store, this.isLive));
    this.store = new InboxStore(
      deps.viewerId,
      () => {
        deps.snapshots.keepInbox(() => this.store.snapshot());
        this.shown.changed();
      },
      (conversationId) => void this.readSoon(conversationId),
    );
  }

  get view(): Observable<InboxView> {
    return this.shown;
  }

  /** Begins to follow the list. */
  async start(): Promise<void> {
    const snapshot = await this.deps.snapshots.inbox();
    if (snapshot) this.store.restore(snapshot);
    this.follow();
    void this.lookAgain();
  }

  /** The next page of the list. */
  loadMore(list: ListName = 'active'): Promise<void> {
    const extent = this.store.extents[list];
    if (extent && extent.after === null) return Promise.resolve();
    return this.readPage(list, extent?.after ?? null);
  }

  /** Mutes, pins or archives a conversation for the person, on all their devices. */
  async update(input: UpdateInboxItemInput): Promise<void> {
    const begun = this.store.touched.begin();
    try {
      const { inboxItem } = await this.deps.requests.mutate(UpdateInboxItemDocument, { input }, { repeatable: true });
      if (inboxItem) this.store.load(input.conversationId, inboxItem, begun);
    } finally {
      this.store.touched.end();
    }
  }

  close(): void {
    this.stopLive();
    this.closed.abort();
  }

  private follow(): void {
    if (this.closed.signal.aborted) return;
    if (this.store.cursor === null) {
      void this.readFirst();
      return;
    }
    this.stopLive = this.deps.live.subscribe(
      InboxEventsDocument,
      { after: this.store.cursor },
      { next: ({ inboxEvents }) => this.next(inboxEvents), end: (end) => this.ended(end) },
    );
  }

  private async readFirst(): Promise<void> {
    try {
      await this.readPage('active', null);
      this.failures = 0;
      this.follow();
    } catch (error) {
      if (this.closed.signal.aborted || asParleyError(error).code === 'UNAUTHENTICATED') return;
      await this.pause();
      this.follow();
    }
  }

  private next(event: InboxEvent): void {
    this.failures = 0;
    if (event.__typename === 'InboxCaughtUp') this.isLive = true;
    this.store.apply(event);
    this.shown.changed();
    if (event.__typename === 'MessageHidden') this.deps.onHidden(event.conversationId, event.messageId);
    this.acknowledge(event);
  }

  /** This device has received it. */
  private acknowledge(event: InboxEvent): void {
    const { receipts, viewerId } = this.deps;
    if (event.__typename === 'MessageChanged' && event.reason === 'SENT' && event.message.senderId !== viewerId)
      receipts.delivered(event.conversationId, event.message.seq);
    if (event.__typename !== 'InboxItemChanged' || !event.item) return;
    const { unreadCount, conversation } = event.item;
    const row = this.store.rows.get(event.conversationId);
    if (unreadCount > 0 && row && conversation?.fanOut === 'ON_WRITE')
      receipts.delivered(event.conversationId, row.lastSeq);
  }

  private ended(end: LiveEnd): void {
    this.isLive = false;
    this.shown.changed();
    if (end.kind === 'lost') return this.follow();
    if (end.kind === 'refused') {
      if (end.error.code === 'UNAUTHENTICATED') return;
      // A cursor that the server does not know: read the list anew.
      if (end.error.code === 'BAD_USER_INPUT') this.store.cursor = null;
    }
    void this.pause().then(() => this.follow());
  }

  private async readPage(list: ListName, after: string | null): Promise<void> {
    const begun = this.store.touched.begin();
    try {
      const variables = { first: PAGE, after, archived: list === 'archived' };
      const { viewer } = await this.deps.requests.ask(InboxDocument, variables, { signal: this.closed.signal });
      if (!viewer) return;
      // Without a cursor, nothing that is there is known to be true.
      if (this.store.cursor === null) this.store.forgetBefore(begun);
      this.store.cursor ??= viewer.inboxCursor;
      this.store.loadPage(list, viewer.inbox, begun);
    } finally {
      this.store.touched.end();
    }
  }

  /** Several events about one row in a short time read it once. */
  private async readSoon(conversationId: string): Promise<void> {
    this.vague.add(conversationId);
    if (this.isReading) return;
    this.isReading = true;
    const { environment } = this.deps;
    const { signal } = this.closed;
    await environment.sleep(GATHER, signal).catch(() => undefined);
    this.isReading = false;
    if (signal.aborted) return;
    const due = [...this.vague];
    this.vague.clear();
    for (const id of due) await this.readRow(id).catch(() => undefined);
  }

  private async readRow(conversationId: string): Promise<void> {
    const begun = this.store.touched.begin();
    try {
      const { viewer } = await this.deps.requests.ask(
        InboxItemDocument,
        { conversationId },
        { signal: this.closed.signal },
      );
      if (viewer) this.store.load(conversationId, viewer.inboxItem, begun);
    } finally {
      this.store.touched.end();
    }
  }

  private async lookAgain(): Promise<void> {
    const { environment } = this.deps;
    const { signal } = this.closed;
    while (!signal.aborted) {
      await environment.sleep(LOOK_AGAIN, signal).catch(() => undefined);
      const isOnRead = [...this.store.rows.values()].some(({ item }) => item.conversation?.fanOut === 'ON_READ');
      if (!signal.aborted && isOnRead && this.isLive && environment.isVisible())
        for (const { item } of this.store.rows.values())
          if (item.conversation?.fanOut === 'ON_READ') void this.readSoon(item.conversationId);
    }
  }

  private pause(): Promise<void> {
    const { environment } = this.deps;
    return environment
      .sleep(delayOf(this.failures++, backoff, environment.random), this.closed.signal)
      .catch(() => undefined);
  }
}
