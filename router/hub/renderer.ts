import { setTimeout as delay } from 'node:timers/promises';
import type { DocumentNode, ExecutionResult } from 'graphql';
import type { Caller, Person } from '../../platform/auth/caller.js';
import type { StreamEvent } from '../../schema/feeds.js';
import type { LiveState } from '../../schema/states.js';
import { KeptRenderings } from './kept-renderings.js';

/** Executes one operation of a live stream on an event. Throws where the event's own subgraph cannot answer. */
export type ExecuteEvent = (
  operation: RenderGroup,
  variables: Record<string, unknown>,
  event: StreamEvent | LiveState,
  caller: Caller,
) => Promise<ExecutionResult>;

/** Subscribers whose events look the same: one execution and one serialisation serve them all. */
export interface RenderGroup {
  /** Document, operation, variables other than `after`, and the viewer, or their class, where it makes a difference. */
  key: string;
  document: DocumentNode;
  operationName: string | null;
  rootField: string;
  variables: Record<string, unknown>;
  /** Set where the document selects a @perViewer field. */
  viewer: Person | null;
  /**
   * The class of the viewers, where the document selects what others have read: whether they hide what they have read
   * themselves. Undefined where it makes no difference, or each viewer is executed for.
   */
  viewerHidesReads?: boolean | undefined;
}

const ATTEMPTS = 3;
const KEEP_MS = 10_000;
/** Of all renderings that are kept, with their keys: a key has the whole document in it. */
const KEEP_BYTES = 64 * 1024 * 1024;

/**
 * Events as bytes. A rendering is kept for some seconds, so that a thousand sockets that resume at once cost one
 * execution an event; that of a reply only until it is there.
 */
export class Renderer {
  /** Not counted: as many as are executed at this moment. */
  private readonly underWay = new Map<string, Promise<Buffer>>();
  private readonly kept: KeptRenderings;

  constructor(
    private readonly execute: ExecuteEvent,
    keepBytes = KEEP_BYTES,
  ) {
    this.kept = new KeptRenderings(KEEP_MS, keepBytes);
  }

  /** The JSON of the event's ExecutionResult. Rejects when its own subgraph could not answer in three tries. */
  render(group: RenderGroup, event: StreamEvent | LiveState, viewer: Person): Promise<Buffer> {
    const key = `${group.key}\n${identityOf(event)}`;
    const known = this.kept.get(key);
    if (known) return Promise.resolve(known);
    let rendering = this.underWay.get(key);
    if (!rendering) {
      rendering = this.renderAndKeep(key, group, event, viewer).finally(() => this.underWay.delete(key));
      this.underWay.set(key, rendering);
    }
    return rendering;
  }

  private async renderAndKeep(
    key: string,
    group: RenderGroup,
    event: StreamEvent | LiveState,
    viewer: Person,
  ): Promise<Buffer> {
    const bytes = await this.run(group, event, viewer);
    if (!bytes.includes('"errors":') && !quotes(event)) this.kept.set(key, bytes);
    return bytes;
  }

  private async run(group: RenderGroup, event: StreamEvent | LiveState, viewer: Person): Promise<Buffer> {
    const startedAt = Date.now();
    const ofOnePerson = event.type === 'inboxItem' || event.type === 'inboxCaughtUp';
    const caller: Caller = group.viewer || ofOnePerson ? { ...viewer, startedAt } : { kind: 'hub', startedAt };
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await this.execute(group, group.variables, seenBy(group, event), caller);
        if (result.data) return Buffer.from(JSON.stringify(result));
        if (attempt === ATTEMPTS) throw new Error(result.errors?.[0]?.message ?? 'no data');
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
      await delay(50 * 2 ** attempt * Math.random());
    }
  }
}

function seenBy({ viewerHidesReads }: RenderGroup, event: StreamEvent | LiveState): StreamEvent | LiveState {
  return event.type === 'change' && viewerHidesReads !== undefined ? { ...event, viewerHidesReads } : event;
}

/** A reply shows what it quotes, which may be edited or deleted at any moment without a change of the reply. */
function quotes(event: StreamEvent | LiveState): boolean {
  return event.type === 'change' && event.event.kind === 'message' && event.event.message.replyToId !== undefined;
}

/** Tells events apart whose renderings may differ. */
function identityOf(event: StreamEvent | LiveState): string {
  switch (event.type) {
    case 'change': {
      const { kind, conversationId, version } = event.event;
      const detail =
        event.event.kind === 'message'
          ? event.event.reason
          : event.event.kind === 'watermarks'
            ? event.event.fromVersion
            : '';
      return `${conversationId} ${version} ${kind} ${detail}`;
    }
    case 'inboxItem':
      return `${event.event.userId} ${event.event.conversationId} ${event.event.inboxVersion}`;
    case 'caughtUp':
      return `caught up ${event.conversationId} ${event.version}`;
    case 'inboxCaughtUp':
      return `caught up ${event.userId} ${event.version}`;
    case 'presence':
      return `presence ${event.identity}`;
    case 'typing':
      return `typing ${event.conversationId} ${event.userIds.join()}`;
    case 'media':
      return `media ${event.mediaId} ${event.version}`;
  }
}
