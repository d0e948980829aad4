import { asParleyError, type ParleyError } from './errors.js';
import type { Environment } from './environment.js';
import {
  AddReactionDocument,
  DeleteMessageDocument,
  EditMessageDocument,
  MessageDocument,
  MessagesAfterDocument,
  MessagesAroundDocument,
  MessagesBeforeDocument,
  PinMessageDocument,
  RemoveReactionDocument,
  UnpinMessageDocument,
  type DeleteScope,
  type MentionInput,
  type MessagePageFieldsFragment,
} from './generated/graphql.js';
import type { Observable } from './observable.js';
import type { Draft } from './outbox/entry.js';
import type { Outbox } from './outbox/outbox.js';
import type { Media } from './media/media-states.js';
import type { Typings } from './presence/typings.js';
import type { Receipts } from './receipts.js';
import type { Snapshots } from './snapshots.js';
import { ConversationStore } from './store/conversation-store.js';
import { ConversationSync, PAGE, type SyncState } from './store/conversation-sync.js';
import { ConversationViews, shownSegment, type ConversationView } from './store/conversation-view.js';
import type { InboxStore } from './store/inbox-store.js';
import type { Message } from './store/message.js';
import { BY_SEQ, segmentWith, tailOf, type Beside } from './store/segments.js';
import type { Live } from './transport/live.js';
import type { Requests } from './transport/requests.js';
import { TypingSignal } from './typing.js';
import { View } from './view.js';

export interface ConversationDeps {
  viewerId: string;
  requests: Requests;
  live: Live;
  environment: Environment;
  outbox: Outbox;
  receipts: Receipts;
  snapshots: Snapshots;
  typing: Pick<Typings, 'all' | 'of' | 'watch'>;
  inbox: InboxStore;
}

/** A place in a conversation: a search hit, a reply's original, the first unread message. */
export type Place = { messageId: string } | { seq: number };

/** One conversation: what there is to show of it, and what a person does in it. */
export class Conversation {
  private readonly store: ConversationStore;
  private readonly sync: ConversationSync;
  private readonly views = new ConversationViews();
  private readonly shown: View<ConversationView>;
  private readonly typingSignal: TypingSignal;
  private readonly stopListening: (() => void)[];
  private state: SyncState = 'waiting';
  private error: ParleyError | null = null;
  private anchor: number | null = null;
  private holders = 0;
  private stopTyping: () => void = () => undefined;
  /** Resolves once storage has been read. */
  private restored: Promise<void> | null = null;
  private readonly paging = new Map<string, Promise<void>>();

  constructor(
    readonly id: string,
    private readonly deps: ConversationDeps,
  ) {
    const { viewerId, inbox, outbox, typing, requests, environment } = deps;
    this.store = new ConversationStore(
      id,
      viewerId,
      () => this.changed(),
      (messageId) => inbox.hidden.has(messageId),
      (messageId) => void this.readMessage(messageId),
    );
    this.sync = new ConversationSync(this.store, deps, (state, error) => {
      [this.state, this.error] = [state, error];
      this.shown.changed();
    });
    this.shown = new View(() => this.makeView());
    this.typingSignal = new TypingSignal(id, requests, environment);
    this.stopListening = [outbox.entries, typing.all].map((each) => each.subscribe(() => this.shown.changed()));
  }

  /** What there is to show. It is kept up to date while the conversation is open. */
  get view(): Observable<ConversationView> {
    return this.shown;
  }

  get isOpen(): boolean {
    return this.holders > 0;
  }

  /**
   * Shows at once what is in storage, then follows the conversation live, until the returned function is called as often as
   * this one.
   */
  open(): () => void {
    if (this.holders++ === 0) void this.begin();
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      if (--this.holders === 0) this.end();
    };
  }

  /** Older messages than those shown. Resolves when they are there, or there are none. */
  loadOlder(): Promise<void> {
    return this.once('older', async () => {
      const segment = shownSegment(this.store, this.anchor);
      if (!segment || segment.older === null) return;
      const beside = { before: segment.from };
      if (segment.older === BY_SEQ) return this.loadAround({ seq: segment.from }, PAGE, 0);
      const variables = { conversationId: this.id, before: segment.older, last: PAGE };
      await this.loadPage(beside, async () => {
        const { conversation } = await this.deps.requests.ask(MessagesBeforeDocument, variables);
        return conversation?.messages;
      });
    });
  }

  /** Newer messages than those shown, after a jump into the past. */
  loadNewer(): Promise<void> {
    return this.once('newer', async () => {
      const segment = shownSegment(this.store, this.anchor);
      if (!segment || segment.newer === null) return;
      const variables = { conversationId: this.id, after: segment.newer, first: PAGE };
      await this.loadPage({ after: segment.to }, async () => {
        const { conversation } = await this.deps.requests.ask(MessagesAfterDocument, variables);
        return conversation?.messages;
      });
    });
  }

  /** Shows the stretch of history around a message. */
  async jumpTo(place: Place): Promise<void> {
    const known = this.seqOf(place);
    if (known === null || !segmentWith(this.store.segments, known)) await this.loadAround(place, PAGE / 2, PAGE / 2);
    this.anchor = this.seqOf(place);
    this.shown.changed();
  }

  /** Shows the newest messages again. */
  jumpToLatest(): void {
    this.anchor = null;
    this.shown.changed();
  }

  /** Puts a message into the outbox, which shows and sends it. Resolves with its clientMessageId once it survives a reload. */
  send(draft: Draft): Promise<string> {
    this.typingSignal.stopped(false);
    this.jumpToLatest();
    return this.deps.outbox.send(this.id, draft);
  }

  /** Throws Refused, as all of these, for what the person can put right: EDIT_WINDOW_CLOSED, for one. */
  async edit(messageId: string, body: string, mentions: MentionInput[] = []): Promise<void> {
    const input = { messageId, body, mentions };
    await this.change(() => this.deps.requests.mutate(EditMessageDocument, { input }, { repeatable: true }));
  }

  /** For everyone, or, with VIEWER, for the person on all their devices. */
  async delete(messageId: string, scope: DeleteScope = 'EVERYONE'): Promise<void> {
    const input = { messageId, scope };
    const { requests, inbox } = this.deps;
    if (scope === 'EVERYONE')
      return this.change(() => requests.mutate(DeleteMessageDocument, { input }, { repeatable: true }));
    await requests.mutate(DeleteMessageDocument, { input }, { repeatable: true });
    inbox.hide(messageId, this.id);
    this.hide(messageId);
  }

  async react(messageId: string, emoji: string): Promise<void> {
    const input = { messageId, emoji };
    await this.change(() => this.deps.requests.mutate(AddReactionDocument, { input }, { repeatable: true }));
  }

  async unreact(messageId: string, emoji: string): Promise<void> {
    const input = { messageId, emoji };
    await this.change(() => this.deps.requests.mutate(RemoveReactionDocument, { input }, { repeatable: true }));
  }

  async pin(messageId: string): Promise<void> {
    const input = { messageId };
    await this.change(() => this.deps.requests.mutate(PinMessageDocument, { input }, { repeatable: true }));
  }

  async unpin(messageId: string): Promise<void> {
    const input = { messageId };
    await this.change(() => this.deps.requests.mutate(UnpinMessageDocument, { input }, { repeatable: true }));
  }

  /** The person has read up to this seq, or all that there is. Told in batches, and never backwards. */
  markRead(seq: number = tailOf(this.store.segments)?.to ?? 0): void {
    if (seq <= 0) return;
    this.deps.receipts.read(this.id, seq);
    this.deps.inbox.read(this.id, seq);
  }

  /** At each key stroke in the composer; others see the person typing until they stop for some seconds. */
  typed(): void {
    this.typingSignal.typed();
  }

  /** The composer was emptied. */
  stoppedTyping(): void {
    this.typingSignal.stopped();
  }

  /** The person has deleted it for themselves, here or on another device. */
  hide(messageId: string): void {
    this.store.hide(messageId);
  }

  /** What became of an attachment since its message was read: what is kept has it, too. */
  learn(media: Media): void {
    this.store.learn(media);
  }

  /** The outbox sends for this conversation; to be told what became of it. */
  sending(): (message: Message | null) => void {
    const begun = this.store.touched.begin();
    return (message) => {
      // Before anything was read there is no place for it.
      if (message && tailOf(this.store.segments)) this.store.loadMessage(message, begun);
      this.store.touched.end();
    };
  }

  close(): void {
    for (const stop of this.stopListening) stop();
    this.end();
  }

  private async begin(): Promise<void> {
    this.restored ??= this.restore();
    await this.restored;
    if (!this.isOpen) return;
    this.sync.start();
    this.stopTyping = this.deps.typing.watch(this.id);
  }

  private async restore(): Promise<void> {
    const snapshot = await this.deps.snapshots.conversation(this.id);
    if (snapshot) this.store.restore(snapshot);
  }

  private end(): void {
    this.sync.stop();
    this.stopTyping();
    this.typingSignal.stopped();
    this.state = 'waiting';
    this.shown.changed();
  }

  private changed(): void {
    if (this.store.segments.length > 0) this.deps.snapshots.keepConversation(this.store);
    this.shown.changed();
  }

  private makeView(): ConversationView {
    const { viewerId, outbox, typing } = this.deps;
    const { anchor, state, error } = this;
    const around = { viewerId, anchor, outbox: outbox.entries.get(), typing: typing.of(this.id), state, error };
    return this.views.make(this.store, around);
  }

  private async loadAround(place: Place, before: number, after: number): Promise<void> {
    await this.loadPage(null, async () => {
      const variables = { conversationId: this.id, ...place, before, after };
      const { conversation } = await this.deps.requests.ask(MessagesAroundDocument, variables);
      return conversation?.messagesAround;
    });
  }

  private async loadPage(beside: Beside, ask: () => Promise<MessagePageFieldsFragment | undefined>): Promise<void> {
    await this.reading(async (begun) => {
      const page = await ask();
      if (page) this.store.loadPage(page, beside, begun);
    });
  }

  private async change(mutate: () => Promise<{ message: Message | null }>): Promise<void> {
    await this.reading(async (begun) => {
      const { message } = await mutate();
      if (message) this.store.loadMessage(message, begun);
    });
  }

  private async readMessage(id: string): Promise<void> {
    await this.reading(async (begun) => {
      const { message } = await this.deps.requests.ask(MessageDocument, { id });
      if (message) this.store.loadMessage(message, begun);
    }).catch((error: unknown) => {
      this.error = asParleyError(error);
    });
  }

  private async reading(read: (begun: number) => Promise<void>): Promise<void> {
    const begun = this.store.touched.begin();
    try {
      await read(begun);
    } finally {
      this.store.touched.end();
    }
  }

  private once(what: string, work: () => Promise<void>): Promise<void> {
    const running = this.paging.get(what) ?? work().finally(() => this.paging.delete(what));
    this.paging.set(what, running);
    return running;
  }

  private seqOf(place: Place): number | null {
    if ('seq' in place) return place.seq;
    for (const { id, seq } of this.store.messages.values()) if (id === place.messageId) return seq;
    return null;
  }
}
