import '../../platform/subgraph/directives.js';
import { ListSize, Paged, PerViewer, Shareable } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { asPayload, Fault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { Connection } from '../../platform/subgraph/graphql-types.js';
import { UrlScalar } from '../../platform/subgraph/scalars.js';
import { under } from '../../platform/subgraph/subscribe.js';
import type { MediaEvent } from '../../schema/media.js';
import type { MediaContext } from './context.js';
import {
  CompleteUploadInput,
  CompleteUploadPayload,
  CreateUploadInput,
  CreateUploadPayload,
  DeleteMediaInput,
  DeleteMediaPayload,
} from './inputs.js';
import type { Links } from './links.js';
import type { MediaLists } from './lists.js';
import { toMedia, toViewer, type MediaSource, type ViewerSource } from './present.js';
import type { MediaRow } from './rows.js';
import {
  Conversation,
  Disposition,
  Media,
  MediaConnection,
  MediaKind,
  MediaQuota,
  Thumbnail,
  Viewer,
} from './schema.js';
import type { Uploads } from './service.js';

@Resolver()
export class UploadsResolver {
  constructor(private readonly uploads: Uploads) {}

  @Mutation(() => CreateUploadPayload, {
    description:
      'Checks type, size and quota, and returns where to put the bytes: they go straight to the object store.',
  })
  async createUpload(@Arg('input', () => CreateUploadInput) input: CreateUploadInput, @Ctx() { caller }: MediaContext) {
    const viewer = requireViewer(caller);
    const { begun, errors } = await asPayload('begun', this.uploads.create(viewer, input));
    return { media: begun && toMedia(begun.media), upload: begun?.upload ?? null, errors };
  }

  @Mutation(() => CompleteUploadPayload, {
    description: 'The bytes are up: starts scanning and making thumbnails.',
  })
  async completeUpload(
    @Arg('input', () => CompleteUploadInput) { mediaId }: CompleteUploadInput,
    @Ctx() { caller }: MediaContext,
  ) {
    return toPayload(this.uploads.complete(requireViewer(caller), mediaId));
  }

  @Mutation(() => DeleteMediaPayload, {
    description: "The owner's, while no message carries it.",
  })
  async deleteMedia(
    @Arg('input', () => DeleteMediaInput) { mediaId }: DeleteMediaInput,
    @Ctx() { caller }: MediaContext,
  ) {
    return toPayload(this.uploads.delete(requireViewer(caller), mediaId));
  }
}

async function toPayload(work: Promise<MediaRow>) {
  const { media, errors } = await asPayload('media', work);
  return { media: media && toMedia(media), errors };
}

@Resolver(() => Media)
export class MediaResolver {
  constructor(private readonly links: Links) {}

  @Query(() => Media, {
    nullable: true,
    description: 'Null unless the viewer owns it or may read a message that carries it.',
  })
  media(@Arg('id', () => ID) id: string, @Ctx() context: MediaContext) {
    requireViewer(context.caller);
    return loadMedia(id, context);
  }

  /** Executed on one state at a time, for a viewer who may see it: by the hub, or for a subscription served here. */
  @PerViewer()
  @Subscription(() => Media, {
    subscribe: ({ args, context }) => {
      const { caller, streams } = context as MediaContext;
      return under('mediaChanged', streams.mediaChanged(requireViewer(caller), (args as { id: string }).id));
    },
    description: "The media's state now and at each change, until READY or REJECTED.",
  })
  async mediaChanged(
    @Root('mediaChanged') { mediaId }: MediaEvent,
    @Arg('id', () => ID) _id: string,
    @Ctx() { loaders }: MediaContext,
  ) {
    const row = await loaders.media.load(mediaId);
    if (!row) throw new Fault('NOT_FOUND', 'There is no such media, or you may not see it.');
    return toMedia(row);
  }

  @FieldResolver(() => UrlScalar, {
    nullable: true,
    description: 'Signed, good for an hour; null unless READY. Who can reach this object may fetch it.',
  })
  url(
    @Root() { row }: MediaSource,
    @Arg('disposition', () => Disposition, { defaultValue: Disposition.INLINE }) disposition: Disposition,
  ) {
    return this.links.original(row, disposition === Disposition.INLINE ? 'inline' : 'attachment');
  }

  @ListSize('assumedSize: 3')
  @FieldResolver(() => [Thumbnail])
  thumbnails(@Root() { row }: MediaSource) {
    return this.links.thumbnails(row);
  }
}

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(
    private readonly uploaded: Uploads,
    private readonly lists: MediaLists,
  ) {}

  @Shareable()
  @Query(() => Viewer, {
    nullable: true,
    description: 'The signed-in person; null, with an UNAUTHENTICATED error, when nobody is signed in.',
  })
  viewer(@Ctx() { caller }: MediaContext) {
    return toViewer(requireViewer(caller).userId);
  }

  @FieldResolver(() => MediaQuota)
  mediaQuota(@Ctx() { caller }: MediaContext) {
    return this.uploaded.quota(requireViewer(caller));
  }

  @Paged()
  @FieldResolver(() => MediaConnection, { description: 'What the viewer uploaded, newest first.' })
  async uploads(
    @Root() { userId }: ViewerSource,
    @Arg('first', () => Int, { defaultValue: 30 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ) {
    return toMediaConnection(await this.lists.uploads(userId, { first, after: after ?? null }));
  }
}

interface ConversationSource {
  id: string;
  uuid: string;
}

@Resolver(() => Conversation)
export class ConversationResolver {
  constructor(private readonly lists: MediaLists) {}

  @Paged()
  @PerViewer()
  @FieldResolver(() => MediaConnection, { description: 'Media shared in it, newest first.' })
  async sharedMedia(
    @Root() { uuid }: ConversationSource,
    @Arg('first', () => Int, { defaultValue: 30 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('kinds', () => [MediaKind], { nullable: true }) kinds: MediaKind[] | null,
    @Ctx() { caller }: MediaContext,
  ) {
    const { userId } = requireViewer(caller);
    return toMediaConnection(await this.lists.shared(userId, uuid, kinds ?? null, { first, after: after ?? null }));
  }
}

function toMediaConnection({ edges, pageInfo }: Connection<MediaRow>) {
  return { edges: edges.map(({ cursor, node }) => ({ cursor, node: toMedia(node) })), pageInfo };
}

async function loadMedia(id: string, { loaders }: MediaContext): Promise<MediaSource | null> {
  const uuid = fromPublicId('media', id);
  const row = uuid && (await loaders.media.load(uuid));
  return row ? toMedia(row) : null;
}

/** Entities that other subgraphs refer to. Null where the caller may not see them. */
export const references = {
  Media: ({ id }: { id: string }, context: MediaContext) => loadMedia(id, context),

  Viewer: ({ id }: { id: string }, { caller }: MediaContext) => {
    const { userId } = requireViewer(caller);
    return fromPublicId('viewer', id) === userId ? toViewer(userId) : null;
  },

  Conversation: async (
    { id }: { id: string },
    { caller, loaders }: MediaContext,
  ): Promise<ConversationSource | null> => {
    const uuid = fromPublicId('conversation', id);
    if (!uuid) return null;
    return caller.kind === 'hub' || (await loaders.isMember.load(uuid)) ? { id, uuid } : null;
  },
};
