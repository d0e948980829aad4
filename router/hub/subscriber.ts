import type { Person } from '../../platform/auth/caller.js';
import type { Span } from '../../schema/feeds.js';
import type { Sink } from '../live-streams.js';
import type { RenderGroup } from './renderer.js';

/** One running subscription. */
export interface Subscriber {
  viewer: Person;
  group: RenderGroup;
  sink: Sink;
  /** Everything up to this version has been written, or was left out because the viewer may not see it. */
  version: number;
  /** What the viewer may read; null for an inbox stream, whose recipients deliver has chosen. */
  spans: Span[] | null;
  /** Seqs and ids of messages that the viewer has deleted for themselves; grows while the stream runs. */
  hidden?: Set<number | string>;
  closed: boolean;
}
