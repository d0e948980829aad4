import { delayOf, type Backoff } from '../backoff.js';
import type { Environment } from '../environment.js';
import { asParleyError, type ParleyError } from '../errors.js';
import {
  ConversationChangesDocument,
  ConversationDocument,
  ConversationEventsDocument,
  MembersDocument,
  type MembersQuery,
} from '../generated/graphql.js';
import type { Live, LiveEnd } from '../transport/live.js';
import type { Requests } from '../transport/requests.js';
import type { ConversationStore, LiveEvent, ReadConversation } from './conversation-store.js';

export interface SyncDeps {
  requests: Pick<Requests, 'ask'>;
  live: Pick<Live, 'subscribe'>;
  environment: Pick<Environment, 'sleep' | 'random'>;
}

export type SyncState =
  /** Live events arrive; what was missed before them is being read. */
  | 'catchingUp'
  | 'live'
  /** No connection, or the server cannot serve it now; tried again by itself. */
  | 'waiting'
  /** Not for this person, or not any more. */
  | 'ended';

const CHANGES = 50;
/** After so many pages of changes it is less to read the newest messages anew. */
const MOST_PAGES = 8;
export const PAGE = 30;
const MEMBERS = 100;
const backoff: Backoff = { first: 1_000, most: 30_000 };
/** Where asking again helps nobody. */
const final = ['FORBIDDEN', 'NOT_FOUND', 'UNAUTHENTICATED', 'BAD_USER_INPUT'];

/**
 * Keeps one conversation up to date while it runs: live first, then catch up. A subscription without a cursor tells what
 * happens from now on; then what is missing since the kept cursor is read. The cursor moves only over what is whole.
 */
export class ConversationSync {
  private stopLive: () => void = () => undefined;
  /** Of this subscription; aborted when it is over. */
  private round: AbortController | null = null;
  private failures = 0;

  constructor(
    private readonly store: ConversationStore,
    private readonly deps: SyncDeps,
    private readonly onState: (state: SyncState, error: ParleyError | null) => void,
  ) {}

  start(): void {
    const round = (this.round = new AbortController());
    const { store } = this;
    const begun = store.touched.begin();
    let isBegun = true;
    const endReading = () => {
      if (isBegun) store.touched.end();
      isBegun = false;
    };
    round.signal.addEventListener('abort', endReading, { once: true });
    let isReading = false;
    let isWhole = false;
    let told: string | null = null;
    this.stopLive = this.deps.live.subscribe(
      ConversationEventsDocument,
      { conversationId: store.id, after: null },
      {
        next: ({ conversationEvents: event }) => {
          if (round.signal.aborted) return;
          store.applyLive(event);
          if (event.__typename !== 'CaughtUp') told = event.cursor;
          if (isWhole) store.cursor = told;
          if (isReading) return;
          isReading = true;
          void this.catchUp(round, begun, event, () => {
            isWhole = true;
            if (told !== null) store.cursor = told;
            endReading();
          });
        },
        end: (end) => {
          if (!round.signal.aborted) this.ended(round, end);
        },
      },
    );
  }

  stop(): void {
    this.stopLive();
    this.round?.abort();
    this.round = null;
  }

  private async catchUp(
    { signal }: AbortController,
    begun: number,
    first: LiveEvent,
    onWhole: () => void,
  ): Promise<void> {
    this.onState('catchingUp', null);
    for (;;)
      try {
        if (!(await this.readChanges(signal, begun))) await this.readAnew(signal, first.cursor);
        break;
      } catch (error) {
        if (signal.aborted) return;
        const problem = asParleyError(error);
        // A cursor that the server does not know.
        if (problem.code === 'BAD_USER_INPUT' && this.store.cursor !== null) this.store.reset();
        else if (final.includes(problem.code)) return this.finish(problem);
        else if (!(await this.pause(signal, problem))) return;
      }
    if (signal.aborted) return;
    this.failures = 0;
    onWhole();
    this.onState('live', null);
    await this.readMembers(signal).catch(() => undefined);
  }

  /** What changed since the cursor; false where there is none, or too much of it. */
  private async readChanges(signal: AbortSignal, begun: number): Promise<boolean> {
    const { store, deps } = this;
    let after = store.cursor;
    let isWhole = true;
    for (let page = 0; after !== null && page < MOST_PAGES; page++) {
      const { conversation } = await deps.requests.ask(
        ConversationChangesDocument,
        { id: store.id, after, first: CHANGES },
        { signal },
      );
      signal.throwIfAborted();
      if (!conversation) return false;
      const { events, cursor, hasMore } = conversation.changes;
      isWhole = store.applyRead(events, begun) && isWhole;
      // Past something that was passed over only with the cursor of a live event, which is never before it.
      if (isWhole) store.cursor = cursor;
      if (!hasMore) return true;
      after = cursor;
    }
    return false;
  }

  private async readAnew(signal: AbortSignal, cursor: string): Promise<void> {
    await this.read(signal);
    // The reading began after the subscription: nothing up to this cursor is missing in it.
    this.store.cursor = cursor;
  }

  /** In place of what was known. Null where it is not for this person. */
  private async read(signal: AbortSignal): Promise<ReadConversation | null> {
    const { store, deps } = this;
    const begun = store.touched.begin();
    try {
      const variables = { id: store.id, messages: PAGE, members: MEMBERS };
      const { conversation } = await deps.requests.ask(ConversationDocument, variables, { signal });
      signal.throwIfAborted();
      store.load(conversation, begun);
      return conversation;
    } finally {
      store.touched.end();
    }
  }

  /** All of them, where watermarks are kept for each; a first page was read with the conversation. */
  private async readMembers(signal: AbortSignal): Promise<void> {
    const { store, deps } = this;
    if (store.info?.fanOut !== 'ON_WRITE' || store.members.size >= store.info.memberCount) return;
    const begun = store.touched.begin();
    try {
      for (let after: string | null = null, hasMore = true; hasMore;) {
        const variables = { conversationId: store.id, first: MEMBERS, after };
        const answer: MembersQuery = await deps.requests.ask(MembersDocument, variables, { signal });
        signal.throwIfAborted();
        const members = answer.conversation?.members;
        if (!members) return;
        store.loadMembers(members, begun);
        ({ endCursor: after, hasNextPage: hasMore } = members.pageInfo);
      }
    } finally {
      store.touched.end();
    }
  }

  private ended(round: AbortController, end: LiveEnd): void {
    round.abort();
    if (end.kind === 'complete') return this.finish(null);
    if (end.kind === 'refused' && final.includes(end.error.code)) return void this.look(end.error);
    this.onState('waiting', end.kind === 'refused' ? end.error : null);
    if (end.kind === 'lost') return this.start();
    const next = (this.round = new AbortController());
    void this.pause(next.signal, end.error).then((goesOn) => {
      if (goesOn) this.start();
    });
  }

  /** Who is not a member may still read a public channel, though not live. */
  private async look(problem: ParleyError): Promise<void> {
    const { signal } = (this.round = new AbortController());
    try {
      const conversation = await this.read(signal);
      this.finish(conversation ? null : problem);
    } catch (error) {
      if (!signal.aborted) this.finish(asParleyError(error));
    }
  }

  private finish(error: ParleyError | null): void {
    this.stopLive();
    this.round?.abort();
    this.onState('ended', error);
  }

  /** False when the round is over meanwhile. */
  private async pause(signal: AbortSignal, problem: ParleyError): Promise<boolean> {
    this.onState('waiting', problem);
    const { environment } = this.deps;
    await environment.sleep(delayOf(this.failures++, backoff, environment.random), signal).catch(() => undefined);
    return !signal.aborted;
  }
}
