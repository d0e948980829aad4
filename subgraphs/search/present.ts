import { fromPublicId, toPublicId, type IdKind } from '../../platform/ids/ids.js';
import type { Hit } from '../../platform/search-index/port.js';
import type { Connection } from '../../platform/subgraph/graphql-types.js';
import type { MessageSearchFilter } from './schema.js';
import type { Found, MessageFilter } from './service.js';

/** Filters as they came in: what is null there does not narrow, either. */
export function toFilter(filter: MessageSearchFilter | null | undefined): MessageFilter {
  const { conversationId, senderId, sentAfter, sentBefore, hasMedia, mediaKinds, mentionsViewer } = filter ?? {};
  return {
    ...(conversationId != null && { conversationId: fromPublicId('conversation', conversationId) }),
    ...(senderId != null && { senderId: fromPublicId('user', senderId) }),
    ...(sentAfter != null && { sentAfter: sentAfter.getTime() }),
    ...(sentBefore != null && { sentBefore: sentBefore.getTime() }),
    ...(hasMedia != null && { hasMedia }),
    ...(mediaKinds != null && mediaKinds.length > 0 && { mediaKinds: [...new Set(mediaKinds)].sort() }),
    ...(mentionsViewer === true && { mentionsViewer }),
  };
}

/** A page whose end may lie after its last edge: where what follows was found, and is not for the viewer. */
export function toSearchConnection<H extends Hit, Edge extends object>(
  found: Found<H>,
  isFirst: boolean,
  toEdge: (hit: H) => Edge,
): Pick<Connection<unknown>, 'pageInfo'> & { edges: (Edge & { cursor: string })[] } {
  const { hits, hasMore, end, cursorOf } = found;
  const edges = hits.map((hit) => ({ ...toEdge(hit), cursor: cursorOf(hit.position) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: hasMore,
      hasPreviousPage: !isFirst,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: hasMore && end !== null ? cursorOf(end) : (edges.at(-1)?.cursor ?? null),
    },
  };
}

export const toNode = (kind: IdKind, { id }: Hit) => ({ id: toPublicId(kind, id) });
