import { Fault } from '../../platform/errors/errors.js';
import type { LinkStore } from './link-store.js';
import type { MediaRow } from './rows.js';
import type { MediaStore } from './store.js';

/** Who may see which media: its owner, and whoever may read a message that carries it. */
export class Visibility {
  constructor(
    private readonly store: MediaStore,
    private readonly links: LinkStore,
  ) {}

  /** In the order of the ids; null where there is none, or this person may not see it. `viewerId` null: whatever is there. */
  async rows(viewerId: string | null, mediaIds: readonly string[]): Promise<(MediaRow | null | Error)[]> {
    const rows = await this.store.byIds([...new Set(mediaIds)]);
    const others = [...rows.values()].filter(({ ownerId }) => viewerId !== null && ownerId !== viewerId);
    if (viewerId === null || others.length === 0) return mediaIds.map((id) => rows.get(id) ?? null);
    const { found, error } = await this.links.readable(
      viewerId,
      others.map(({ mediaId }) => mediaId),
    );
    return mediaIds.map((id) => {
      const row = rows.get(id);
      if (!row) return null;
      if (row.ownerId === viewerId || found.has(id)) return row;
      return (
        error && new Fault('UNAVAILABLE', 'Who may see this cannot be told right now. Try again.', { cause: error })
      );
    });
  }

  /** Throws where it cannot be told. */
  async visible(viewerId: string, mediaIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.rows(viewerId, mediaIds);
    return new Set(
      rows.flatMap((row) => {
        if (row instanceof Error) throw row;
        return row ? [row.mediaId] : [];
      }),
    );
  }
}
