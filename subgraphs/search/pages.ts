import type { Hit, Hits } from '../../platform/search-index/port.js';

/** How often the index is asked for one page, where much of what it has is not for the viewer. */
const ROUNDS = 5;

export interface Page<H extends Hit> {
  hits: H[];
  hasMore: boolean;
  /** Where the next page begins; null where nothing was found. */
  end: string | null;
}

/**
 * A page of what the viewer may find: the index, which may be behind, is asked until there are `first` of them. After a few
 * times the page is handed out as it is, even empty, while there is more.
 */
export async function pageOf<H extends Hit>(
  first: number,
  after: string | undefined,
  ask: (first: number, after: string | undefined) => Promise<Hits<H>>,
  keep: (hits: H[]) => Promise<H[]>,
): Promise<Page<H>> {
  const hits: H[] = [];
  let end = after;
  let hasMore = true;
  for (let round = 0; round < ROUNDS && hasMore && hits.length < first; round++) {
    const answer = await ask(first, end);
    const kept = await keep(answer.hits);
    hasMore = answer.hasMore && answer.hits.length > 0;
    end = answer.hits.at(-1)?.position ?? end;
    const room = first - hits.length;
    hits.push(...kept.slice(0, room));
    if (kept.length > room) [hasMore, end] = [true, hits.at(-1)!.position];
  }
  return { hits, hasMore, end: end ?? null };
}
