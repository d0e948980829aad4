import webPush from 'web-push';
import { ApnsFixture } from '../platform/push/apns.fixture.js';
import { FcmFixture } from '../platform/push/fcm.fixture.js';
import { WebPushFixture } from '../platform/push/web-push.fixture.js';

/**
 * The three push providers, on ports of this machine, in this process:
 *
 *     const providers = await PushProviders.start();
 *     const parley = await ParleyProcess.start(providers.environment);   // every process that runs `notify`
 *     const phone = providers.apns.newDevice();                          // phone.token goes to registerPushTarget
 *     await waitFor('a push', () => providers.apns.arrivedAt(phone)[0]);
 *
 * Processes that run apart need `newVapidKeys()` as well; one whole Parley makes its own.
 */
export class PushProviders {
  private constructor(
    readonly apns: ApnsFixture,
    readonly fcm: FcmFixture,
    readonly webPush: WebPushFixture,
  ) {}

  static async start(): Promise<PushProviders> {
    return new PushProviders(await ApnsFixture.start(), await FcmFixture.start(), await WebPushFixture.start());
  }

  get all() {
    return [this.apns, this.fcm, this.webPush];
  }

  /** What a Parley process needs to reach them and to trust their certificate. */
  get environment(): Record<string, string> {
    return Object.assign({}, ...this.all.map(({ environment }) => environment)) as Record<string, string>;
  }

  /** What was wrong with anything that they were asked. */
  get complaints(): string[] {
    return this.all.flatMap(({ complaints }) => complaints);
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((provider) => provider.goDown()));
  }
}

/** Keys for processes that run apart, which cannot make a pair for all. */
export function newVapidKeys(): Record<string, string> {
  const { publicKey, privateKey } = webPush.generateVAPIDKeys();
  return { PARLEY_VAPID_PUBLIC_KEY: publicKey, PARLEY_VAPID_PRIVATE_KEY: privateKey };
}
