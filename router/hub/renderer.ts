import { setTimeout as delay } from 'node:timers/promises';
import type { DocumentNode, ExecutionResult } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Caller, Person } from '../../platform/auth/caller.js';
import type { StreamEvent } from '../../schema/feeds.js';

/** Executes one operation of a live stream on an event. Throws where the event's own subgraph cannot answer. */
export type ExecuteEvent = (
  operation: RenderGroup,
  variables: Record<string, unknown>,
  event: StreamEvent,
  caller: Caller,
) => Promise<ExecutionResult>;

/** Subscribers whose events look the same: one execution and one serialisation serve them all. */
export interface RenderGroup {
  /** Document, operation, variables other than `after`, and the viewer where a field is @perViewer. */
  key: string;
  document: DocumentNode;
  operationName: string | null;
  rootField: string;
  variables: Record<string, unknown>;
  /** Set where the document selects a @perViewer field. */
  viewer: Person | null;
}

const ATTEMPTS = 3;

/**
 * Events as bytes. A rendering is kept for some seconds, so that a thousand sockets that resume at once cost one
 * execution an event; that of a reply only until it is there.
 */
export class Renderer {
  private readonly kept = new LRUCache<string, Promise<Buffer>>({ max: 20_000, ttl: 10_000 });

  constructor(private readonly execute: ExecuteEvent) {}

  /** The JSON of the event's ExecutionResult. Rejects when its own subgraph could not answer in three tries. */
  render(group: RenderGroup, event: StreamEvent, viewer: Person): Promise<Buffer> {
    const key = `${group.key}\n${identityOf(event)}`;
    const known = this.kept.get(key);
    if (known) return known;
    const rendering = this.run(group, event, viewer);
    this.kept.set(key, rendering);
    rendering.then(
      (bytes) => {
        if (bytes.includes('"errors":') || isOutdatedUnseen(event)) this.kept.delete(key);
      },
      () => this.kept.delete(key),
    );
    return rendering;
  }

  private async run(group: RenderGroup, event: StreamEvent, viewer: Person): Promise<Buffer> {
    const startedAt = Date.now();
    const ofOnePerson = event.type === 'inboxItem' || event.type === 'inboxCaughtUp';
    const caller: Caller = group.viewer || ofOnePerson ? { ...viewer, startedAt } : { kind: 'hub', startedAt };
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await this.execute(group, group.variables, event, caller);
        if (result.data) return Buffer.from(JSON.stringify(result));
        if (attempt === ATTEMPTS) throw new Error(result.errors?.[0]?.message ?? 'no data');
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
      await delay(50 * 2 ** attempt * Math.random());
    }
  }
}

/** A reply shows what it quotes, which may be edited or deleted at any moment without a change of the reply. */
function isOutdatedUnseen(event: StreamEvent): boolean {
  return event.type === 'change' && event.event.kind === 'message' && event.event.message.replyToId !== undefined;
}

/** Tells events apart whose renderings may differ. */
function identityOf(event: StreamEvent): string {
  switch (event.type) {
    case 'change': {
      const { kind, conversationId, version } = event.event;
      return `${conversationId} ${version} ${kind} ${event.event.kind === 'message' ? event.event.reason : ''}`;
    }
    case 'inboxItem':
      return `${event.event.userId} ${event.event.conversationId} ${event.event.inboxVersion}`;
    case 'caughtUp':
      return `caught up ${event.conversationId} ${event.version}`;
    case 'inboxCaughtUp':
      return `caught up ${event.userId} ${event.version}`;
  }
}
