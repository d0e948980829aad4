import { ListSize, Shareable } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { NotificationsContext } from './context.js';
import { toPushTarget, toSettings, toViewer, type ViewerSource } from './present.js';
import {
  NotificationSettings,
  PushTarget,
  RegisterPushTargetInput,
  RegisterPushTargetPayload,
  RemovePushTargetInput,
  RemovePushTargetPayload,
  UpdateNotificationSettingsInput,
  UpdateNotificationSettingsPayload,
  Viewer,
} from './schema.js';
import type { Notifications } from './service.js';
import type { NotificationStore } from './store.js';

@Resolver()
export class NotificationsResolver {
  constructor(
    private readonly notifications: Notifications,
    private readonly publicKey: string,
  ) {}

  @Query(() => String, { description: 'VAPID public key, to subscribe a browser with.' })
  webPushPublicKey() {
    return this.publicKey;
  }

  @Mutation(() => RegisterPushTargetPayload, {
    description:
      'Where to wake this device. A target belongs to the device that registered it and goes when that signs out.',
  })
  registerPushTarget(
    @Arg('input', () => RegisterPushTargetInput) input: RegisterPushTargetInput,
    @Ctx() { caller }: NotificationsContext,
  ) {
    return asPayload('pushTarget', this.notifications.register(requireViewer(caller), input).then(toPushTarget));
  }

  @Mutation(() => RemovePushTargetPayload)
  removePushTarget(
    @Arg('input', () => RemovePushTargetInput) { pushTargetId }: RemovePushTargetInput,
    @Ctx() { caller }: NotificationsContext,
  ) {
    const id = fromPublicId('pushTarget', pushTargetId);
    return asPayload('pushTarget', this.notifications.remove(requireViewer(caller), id).then(toPushTarget));
  }

  @Mutation(() => UpdateNotificationSettingsPayload)
  updateNotificationSettings(
    @Arg('input', () => UpdateNotificationSettingsInput) input: UpdateNotificationSettingsInput,
    @Ctx() { caller }: NotificationsContext,
  ) {
    return asPayload('settings', this.notifications.update(requireViewer(caller), input).then(toSettings));
  }
}

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(private readonly store: NotificationStore) {}

  @Shareable()
  @Query(() => Viewer, {
    nullable: true,
    description: 'The signed-in person; null, with an UNAUTHENTICATED error, when nobody is signed in.',
  })
  viewer(@Ctx() { caller }: NotificationsContext) {
    return toViewer(requireViewer(caller).userId);
  }

  @FieldResolver(() => NotificationSettings)
  async notificationSettings(@Root() { userId }: ViewerSource) {
    return toSettings(await this.store.settingsOf(userId));
  }

  @ListSize('assumedSize: 20')
  @FieldResolver(() => [PushTarget])
  async pushTargets(@Root() { userId }: ViewerSource) {
    return (await this.store.targetsOf(userId)).map(toPushTarget);
  }
}

export const references = {
  Viewer: ({ id }: { id: string }, { caller }: NotificationsContext) => {
    const { userId } = requireViewer(caller);
    return fromPublicId('viewer', id) === userId ? toViewer(userId) : null;
  },
};
