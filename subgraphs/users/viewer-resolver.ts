import { Paged } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { CursorPurpose, Cursors } from '../../platform/cursors/cursors.js';
import { toPublicId } from '../../platform/ids/ids.js';
import { toConnection } from '../../platform/subgraph/graphql-types.js';
import { checkFirst } from './checks.js';
import { loadUser, ownAccount, type UsersContext } from './context.js';
import { privacyOf, rolesOf, toDevice, toUser, type ViewerSource } from './present.js';
import { PrivacySettings } from './privacy.js';
import type { Listed, RelationStore } from './relation-store.js';
import { UserConnection } from './relation-types.js';
import { Role, Viewer } from './schema.js';
import type { Sessions } from './sessions.js';

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(
    private readonly sessions: Sessions,
    private readonly relations: RelationStore,
    private readonly cursors: Cursors,
  ) {}

  @FieldResolver()
  id(@Root() { userId }: ViewerSource) {
    return toPublicId('viewer', userId);
  }

  @FieldResolver()
  async user(@Root() viewer: ViewerSource, @Ctx() context: UsersContext) {
    return toUser(await ownAccount(viewer, context));
  }

  @FieldResolver()
  async email(@Root() viewer: ViewerSource, @Ctx() context: UsersContext) {
    return (await ownAccount(viewer, context)).email;
  }

  @FieldResolver()
  async emailVerifiedAt(@Root() viewer: ViewerSource, @Ctx() context: UsersContext) {
    return (await ownAccount(viewer, context)).emailVerifiedAt;
  }

  @FieldResolver(() => [Role])
  async roles(@Root() viewer: ViewerSource, @Ctx() context: UsersContext) {
    return rolesOf(await ownAccount(viewer, context));
  }

  @FieldResolver(() => PrivacySettings)
  async privacy(@Root() viewer: ViewerSource, @Ctx() context: UsersContext) {
    return privacyOf(await ownAccount(viewer, context));
  }

  @FieldResolver()
  async devices(@Root() { userId, deviceId }: ViewerSource) {
    const devices = await this.sessions.devicesOf(userId, deviceId);
    return devices.map((device) => toDevice(device, deviceId));
  }

  @Paged()
  @FieldResolver(() => UserConnection, { description: 'Whom the viewer blocked, the last first.' })
  async blockedUsers(
    @Root() { userId }: ViewerSource,
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: UsersContext,
  ) {
    const content = this.open('blocked-users', userId, after);
    const before = content && BigInt(content[0]!);
    const rows = await this.relations.blockedPage(userId, before, checkFirst(first) + 1);
    return this.connection(context, 'blocked-users', userId, first, after, rows, (position) => [position]);
  }

  @Paged()
  @FieldResolver(() => UserConnection, { description: 'Whom the viewer has muted now, the last first.' })
  async mutedUsers(
    @Root() { userId }: ViewerSource,
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: UsersContext,
  ) {
    const content = this.open('muted-users', userId, after);
    const before = content && { createdAt: new Date(Number(content[0])), userId: content[1]! };
    const rows = await this.relations.mutedPage(userId, before, checkFirst(first) + 1);
    return this.connection(context, 'muted-users', userId, first, after, rows, (position) => [
      position.createdAt.getTime(),
      position.userId,
    ]);
  }

  private open(purpose: CursorPurpose, userId: string, after: string | null): string[] | null {
    return after == null ? null : this.cursors.open(purpose, userId, after);
  }

  private async connection<Position>(
    context: UsersContext,
    purpose: CursorPurpose,
    about: string,
    first: number,
    after: string | null,
    rows: Listed<Position>[],
    contentOf: (position: Position) => (string | number | bigint)[],
  ) {
    const edges = await Promise.all(
      rows.slice(0, first).map(async ({ userId, position }) => ({
        cursor: this.cursors.seal(purpose, about, contentOf(position)),
        node: await loadUser(context, userId),
      })),
    );
    return toConnection(edges, { hasNextPage: rows.length > first, hasPreviousPage: after != null });
  }
}
