import type { ProviderFixture } from '../../platform/push/provider.fixture.js';
import type { PushProviders } from '../push-providers.js';
import type { Deployment } from '../services/deployment.js';

export interface Scene {
  deployment: Deployment;
  providers: PushProviders;
}

/** What happens to a service beside the way of a message, and how it ends. */
export interface SideFault {
  name: string;
  begin: (scene: Scene) => Promise<void> | void;
  mend: (scene: Scene) => Promise<void> | void;
  /** The push provider that it concerns. */
  provider?: (scene: Scene) => ProviderFixture;
}

interface Server {
  kill(): Promise<void>;
  start(): Promise<void>;
  freeze(): void;
  resume(): void;
}

const servers: Record<string, (scene: Scene) => Server> = {
  OpenSearch: ({ deployment }) => deployment.openSearch!,
  S3: ({ deployment }) => deployment.s3,
  clamd: ({ deployment }) => deployment.clamd!,
};
const providers: Record<string, (scene: Scene) => ProviderFixture> = {
  APNs: (scene) => scene.providers.apns,
  FCM: (scene) => scene.providers.fcm,
  'Web Push': (scene) => scene.providers.webPush,
};

const killed = (name: string): SideFault => ({
  name: `${name} is killed`,
  begin: (scene) => servers[name]!(scene).kill(),
  mend: (scene) => servers[name]!(scene).start(),
});
/** It takes connections, and answers nothing. */
const frozen = (name: string): SideFault => ({
  name: `${name} hangs`,
  begin: (scene) => servers[name]!(scene).freeze(),
  mend: (scene) => servers[name]!(scene).resume(),
});
const down = (name: string): SideFault => ({
  name: `${name} is down`,
  provider: providers[name],
  begin: (scene) => providers[name]!(scene).goDown(),
  mend: (scene) => providers[name]!(scene).comeUp(),
});
const hanging = (name: string): SideFault => ({
  name: `${name} hangs`,
  provider: providers[name],
  begin: (scene) => void (providers[name]!(scene).condition = 'hanging'),
  mend: (scene) => void (providers[name]!(scene).condition = 'well'),
});

/** Each service once, and all that hang: they do more harm than those that are gone. */
const few = [
  frozen('OpenSearch'),
  killed('OpenSearch'),
  frozen('S3'),
  frozen('clamd'),
  hanging('APNs'),
  down('FCM'),
  hanging('Web Push'),
];

export function sideFaults(isShort: boolean): SideFault[] {
  if (isShort) return few;
  return [
    ...Object.keys(servers).flatMap((name) => [frozen(name), killed(name)]),
    ...Object.keys(providers).flatMap((name) => [hanging(name), down(name)]),
  ];
}
