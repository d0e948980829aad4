import type { Cursors } from '../../platform/cursors/cursors.js';
import { toConnection, type Connection } from '../../platform/subgraph/graphql-types.js';
import type { MediaKind } from '../../schema/media.js';
import { checkFirst } from './checks.js';
import type { LinkStore, Shared, SharedPosition } from './link-store.js';
import type { MediaRow } from './rows.js';
import type { MediaStore } from './store.js';

export interface PageArguments {
  first: number;
  after: string | null;
}

/** Lists of media, newest first. */
export class MediaLists {
  constructor(
    private readonly store: MediaStore,
    private readonly links: LinkStore,
    private readonly cursors: Cursors,
  ) {}

  async uploads(ownerId: string, { first, after }: PageArguments): Promise<Connection<MediaRow>> {
    checkFirst(first);
    const before = after === null ? null : this.cursors.open('uploads', ownerId, after)[0]!;
    const rows = await this.store.uploadsOf(ownerId, before, first + 1);
    const edges = rows
      .slice(0, first)
      .map((node) => ({ cursor: this.cursors.seal('uploads', ownerId, [node.mediaId]), node }));
    return toConnection(edges, { hasNextPage: rows.length > first, hasPreviousPage: after !== null });
  }

  /** Of a conversation, as this member may read it. What is gone since is passed over, so that pages are full. */
  async shared(
    userId: string,
    conversationId: string,
    kinds: readonly MediaKind[] | null,
    { first, after }: PageArguments,
  ): Promise<Connection<MediaRow>> {
    checkFirst(first);
    let last = after === null ? null : this.positionOf(conversationId, after);
    const found: { place: Shared; node: MediaRow }[] = [];
    while (found.length <= first) {
      const places = await this.links.shared(userId, conversationId, kinds, last, first + 1);
      const rows = await this.store.byIds([...new Set(places.map(({ mediaId }) => mediaId))]);
      for (const place of places) {
        const node = rows.get(place.mediaId);
        if (node && node.status !== 'REJECTED') found.push({ place, node });
      }
      last = places.at(-1) ?? last;
      if (places.length <= first) break;
    }
    const edges = found.slice(0, first).map(({ place: { seq, position }, node }) => ({
      cursor: this.cursors.seal('shared-media', conversationId, [seq, position]),
      node,
    }));
    return toConnection(edges, { hasNextPage: found.length > first, hasPreviousPage: after !== null });
  }

  private positionOf(conversationId: string, cursor: string): SharedPosition {
    const [seq, position] = this.cursors.open('shared-media', conversationId, cursor);
    return { seq: Number(seq), position: Number(position) };
  }
}
