import type { DirectoryClient } from '../../platform/database/port.js';
import type { PushSender } from '../../platform/push/port.js';
import type { Limits } from '../../platform/rate-limit/limits.js';
import { buildFederatedSchema, type ReferenceResolver } from '../../platform/subgraph/federated-schema.js';
import { limited } from '../../platform/subgraph/limited.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import type { WebhookSender } from '../../platform/webhooks/sender.js';
import type { MailPreferences } from '../../schema/mail-preferences.js';
import type { NotificationsContext } from './context.js';
import { NotificationsResolver, references, ViewerResolver } from './resolvers.js';
import { Notifications } from './service.js';
import { NotificationStore } from './store.js';
import { WebhooksResolver } from './webhook-resolvers.js';
import { WebhookStore } from './webhook-store.js';
import { Webhooks } from './webhooks.js';

export interface NotificationsSubgraphDeps {
  directory: DirectoryClient;
  push: Pick<PushSender, 'supports'>;
  /** VAPID, base64url. */
  webPushPublicKey: string;
  /** Whether browsers may name push services at private addresses. */
  allowsPrivateAddresses: boolean;
  limits: Limits;
  /** Sends tests. */
  webhooks: WebhookSender;
}

export interface NotificationsSubgraph extends Subgraph {
  mailPreferences: MailPreferences;
}

export async function notificationsSubgraph(deps: NotificationsSubgraphDeps): Promise<NotificationsSubgraph> {
  const store = new NotificationStore(deps.directory);
  const { push, allowsPrivateAddresses } = deps;
  const { sdl, schema } = await buildFederatedSchema({
    resolvers: [
      new NotificationsResolver(new Notifications({ store, push, allowsPrivateAddresses }), deps.webPushPublicKey),
      new ViewerResolver(store),
      new WebhooksResolver(new Webhooks(new WebhookStore(deps.directory), deps.webhooks)),
    ],
    aroundMutation: limited(deps.limits),
    references: references as unknown as Record<string, ReferenceResolver>,
  });
  return {
    name: 'notifications',
    sdl,
    schema,
    mailPreferences: {
      stopDigests: async (userId) => {
        await store.update(userId, { email: 'NONE' });
      },
    },
    contextFor: (caller): NotificationsContext => ({ caller }),
  };
}
