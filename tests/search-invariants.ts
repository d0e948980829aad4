import { history } from './chat.js';
import type { Device } from './client.js';
import { inParallel, insist } from './insist.js';
import { searchMessages } from './search.js';
import { eventually } from './wait-for.js';

/** The words of a message that say the most. */
const wordsOf = (body: string) => (body.match(/[\p{L}\p{N}]{3,}/gu) ?? []).slice(0, 8);

/**
 * 9: search converges to the source. Each message with text that the viewer may read is found by its words, marked with no
 * text but its own; and nothing is found that they may not read, or that is gone. Looks at the last `count` messages.
 */
export async function searchConverges(
  viewer: Device,
  conversationId: string,
  { count = 50, limit = 10_000 } = {},
): Promise<void> {
  await eventually(async () => {
    const all = await history(viewer, conversationId);
    const bodies = new Map(all.map(({ id, body }) => [id, body]));
    const told = all.slice(-count).filter(({ body }) => body !== null && wordsOf(body).length > 0);
    await inParallel(told, async ({ id, body }) => {
      const query = wordsOf(body!).join(' ');
      let isFound = false;
      for (let after: string | null = null; ;) {
        const page = await searchMessages(viewer, query, { conversationId }, { first: 100, after });
        for (const { node, highlights } of page.edges) {
          insist(node !== null, 'Search finds what is gone:', query);
          const own = bodies.get(node.id);
          insist(own != null, 'Search finds what the viewer may not read, or what was deleted:', query, node);
          insist(
            highlights.every(({ text }) => own.includes(text)),
            'Search shows other words than the message has:',
            highlights,
            own,
          );
          isFound ||= node.id === id;
        }
        if (isFound || !page.pageInfo.hasNextPage) break;
        after = page.pageInfo.endCursor;
      }
      insist(isFound, `${viewer.person.handle} does not find a message by its words:`, query, id);
    });
  }, limit);
}
