import '../../platform/subgraph/directives.js';
import { ListSize, PerViewer } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root, Subscription } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { under } from '../../platform/subgraph/subscribe.js';
import type { StateEvent } from '../../schema/presence.js';
import type { PresenceContext } from './context.js';
import type { OnlineCounts } from './online-count.js';
import { toPresence, toPresenceChange, toTypingChange, toUser, type UserSource } from './present.js';
import {
  Conversation,
  HeartbeatPayload,
  Presence,
  PresenceChange,
  SetPresenceInput,
  SetPresencePayload,
  SetTypingInput,
  SetTypingPayload,
  TypingChange,
  User,
} from './schema.js';
import type { PresenceService } from './service.js';
import type { PresenceStore } from './store.js';
import type { Typing } from './typing.js';

@Resolver()
export class PresenceResolver {
  constructor(
    private readonly presence: PresenceService,
    private readonly typing: Typing,
  ) {}

  @Mutation(() => SetTypingPayload, {
    description: 'Shows the viewer as typing for six seconds; clients repeat it every three while typing.',
  })
  setTyping(
    @Arg('input', () => SetTypingInput) { conversationId, isTyping }: SetTypingInput,
    @Ctx() { caller }: PresenceContext,
  ) {
    const id = fromPublicId('conversation', conversationId);
    return asPayload('done', this.typing.set(requireViewer(caller), id, isTyping));
  }

  @Mutation(() => SetPresencePayload, {
    description:
      'AWAY when the person is idle, ONLINE when they are back, INVISIBLE to appear offline. A connected socket keeps the device alive by itself.',
  })
  setPresence(@Arg('input', () => SetPresenceInput) { intent }: SetPresenceInput, @Ctx() { caller }: PresenceContext) {
    return asPayload('done', this.presence.set(requireViewer(caller), intent));
  }

  @Mutation(() => HeartbeatPayload, { description: 'Keeps a device without a socket alive for a minute.' })
  heartbeat(@Ctx() { caller }: PresenceContext) {
    return asPayload('done', this.presence.heartbeat(requireViewer(caller)));
  }

  /** Executed on one state at a time, for those who may see it: by the hub, or for a subscription served here. */
  @Subscription(() => PresenceChange, {
    subscribe: ({ args, context }) => {
      const { caller, streams } = context as PresenceContext;
      const { userIds } = args as { userIds: string[] };
      return under('presenceChanged', streams.presenceChanged(requireViewer(caller), userIds));
    },
    description: 'First the present state of each, then every change. At most 500 people.',
  })
  presenceChanged(
    @Root('presenceChanged') event: StateEvent,
    @Arg('userIds', () => [ID]) _userIds: string[],
  ): PresenceChange {
    return toPresenceChange(event);
  }

  @Subscription(() => TypingChange, {
    subscribe: ({ args, context }) => {
      const { caller, streams } = context as PresenceContext;
      const uuid = fromPublicId('conversation', (args as { conversationId: string }).conversationId);
      return under('typingChanged', streams.typingChanged(requireViewer(caller), uuid));
    },
    description: 'The whole list of people typing, at each change.',
  })
  typingChanged(
    @Root('typingChanged') event: StateEvent,
    @Arg('conversationId', () => ID) _conversationId: string,
  ): TypingChange {
    return toTypingChange(event);
  }
}

@Resolver(() => User)
export class UserResolver {
  @PerViewer()
  @FieldResolver(() => Presence, {
    nullable: true,
    description: "Null where the person's privacy or a block hides it from the viewer.",
  })
  async presence(@Root() { uuid }: UserSource, @Ctx() { caller, loaders }: PresenceContext): Promise<Presence | null> {
    requireViewer(caller);
    return toPresence(await loaders.presence.load(uuid));
  }
}

interface ConversationSource extends Conversation {
  uuid: string;
}

@Resolver(() => Conversation)
export class ConversationResolver {
  constructor(
    private readonly typing: Typing,
    private readonly counts: OnlineCounts,
    private readonly store: PresenceStore,
  ) {}

  @ListSize('assumedSize: 10')
  @PerViewer()
  @FieldResolver(() => [User])
  async typingUsers(
    @Root() { uuid }: ConversationSource,
    @Ctx() { caller, loaders }: PresenceContext,
  ): Promise<UserSource[]> {
    const { userId } = requireViewer(caller);
    if (!(await loaders.isMember.load(uuid))) return [];
    return (await this.typing.typistsFor(userId, uuid)).map(toUser);
  }

  /** 0 for those who may neither read the conversation nor find it in public. */
  @FieldResolver(() => Int, { description: 'Members online now; approximate where it fans out on read.' })
  async onlineCount(
    @Root() { uuid }: ConversationSource,
    @Ctx() { caller, loaders }: PresenceContext,
  ): Promise<number> {
    const mayKnow =
      caller.kind === 'hub' ||
      (caller.kind === 'person' && (await loaders.isMember.load(uuid))) ||
      (await this.store.isPublic(uuid));
    return mayKnow ? this.counts.of(uuid) : 0;
  }
}

/** What is found by key: ids alone, from which every field checks for itself what the caller may see. */
export const references = {
  User: ({ id }: { id: string }) => {
    const uuid = fromPublicId('user', id);
    return uuid && toUser(uuid);
  },
  Conversation: ({ id }: { id: string }) => {
    const uuid = fromPublicId('conversation', id);
    return uuid && { id, uuid };
  },
};
