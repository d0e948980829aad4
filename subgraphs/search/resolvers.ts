import { Cost, Paged } from '../../platform/subgraph/directives.js';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Int, Query, Resolver } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import type { SearchContext } from './context.js';
import { toFilter, toNode, toSearchConnection } from './present.js';
import {
  ConversationSearchConnection,
  MessageSearchConnection,
  MessageSearchFilter,
  UserSearchConnection,
} from './schema.js';
import type { Search } from './service.js';
import { tellShortfall } from './shortfalls.js';

@Resolver()
export class SearchResolver {
  constructor(private readonly search: Search) {}

  @Paged()
  @Cost(10)
  @Query(() => MessageSearchConnection, {
    description: 'Messages the viewer may read now, best first. Seconds behind the newest.',
  })
  async searchMessages(
    @Arg('query', () => String) query: string,
    @Arg('filter', () => MessageSearchFilter, { nullable: true }) filter: MessageSearchFilter | null | undefined,
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: SearchContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MessageSearchConnection> {
    const wanted = { query, first, after: after ?? null };
    const found = await this.search.messages(requireViewer(context.caller), wanted, toFilter(filter));
    tellShortfall(found, context, info);
    const connection = toSearchConnection(found, after == null, (hit) => ({
      node: hit.isGone ? null : toNode('message', hit),
      highlights: hit.highlights,
    }));
    return { ...connection, totalCount: found.total };
  }

  @Paged()
  @Cost(10)
  @Query(() => UserSearchConnection, { description: 'By handle and name, prefix and typo tolerant.' })
  async searchUsers(
    @Arg('query', () => String) query: string,
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { caller }: SearchContext,
  ): Promise<UserSearchConnection> {
    const found = await this.search.people(requireViewer(caller), { query, first, after: after ?? null });
    return toSearchConnection(found, after == null, (hit) => ({ node: toNode('user', hit) }));
  }

  @Paged()
  @Cost(10)
  @Query(() => ConversationSearchConnection, {
    description: 'Public channels, and conversations the viewer is in.',
  })
  async searchConversations(
    @Arg('query', () => String) query: string,
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: SearchContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ConversationSearchConnection> {
    const wanted = { query, first, after: after ?? null };
    const found = await this.search.conversations(requireViewer(context.caller), wanted);
    tellShortfall(found, context, info);
    return toSearchConnection(found, after == null, (hit) => ({ node: toNode('conversation', hit) }));
  }
}
