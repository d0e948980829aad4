import DataLoader from 'dataloader';
import { requireViewer, type Caller } from '../../platform/auth/caller.js';
import type { Shards } from '../../platform/shards/shards.js';
import type { People } from '../../schema/people.js';
import { partly } from './per-shard.js';
import type { VisibleMarks } from './progress.js';
import type { WatermarkStore } from './watermark-store.js';

export type ReceiptLoaders = ReturnType<typeof receiptLoaders>;

/** What one operation reads of receipts, each thing once and many together. */
export function receiptLoaders(shards: Shards, store: WatermarkStore, people: Pick<People, 'privacy'>, caller: Caller) {
  const viewerId = () => requireViewer(caller).userId;
  const hidesReads = new DataLoader<string, boolean>(async (userIds) => {
    const privacy = await people.privacy(userIds);
    return userIds.map((id) => privacy.get(id)?.readReceipts === false);
  });
  return {
    /** By user: whether they hide what they read. */
    hidesReads,
    /** By conversation: how far its members have got, as the viewer may see it; null unless they are a member. */
    marks: new DataLoader<string, VisibleMarks | null>((ids) => partly(shards, ids, (id) => id, marksOf)),
  };

  async function marksOf(conversationIds: readonly string[]): Promise<(VisibleMarks | null)[]> {
    const viewer = viewerId();
    const found = await store.ofConversations(viewer, conversationIds);
    const everybody = new Set([...found.values()].flatMap(({ members }) => [...members.keys()]));
    const [viewerHides, ...hide] = await Promise.all([viewer, ...everybody].map((id) => hidesReads.load(id)));
    const hiding = new Set([...everybody].filter((_, index) => viewerHides || hide[index]));
    return conversationIds.map((id) => {
      const marks = found.get(id);
      return marks ? { ...marks, viewerId: viewer, hiding } : null;
    });
  }
}
