export type PushProvider = 'FCM' | 'APNS' | 'WEB_PUSH';

/** Where one device is woken. */
export type PushAddress =
  | { provider: 'FCM'; token: string }
  | { provider: 'APNS'; token: string }
  | { provider: 'WEB_PUSH'; endpoint: string; p256dh: string; auth: string };

/** What a device shows. Texts only where the person has turned previews on. */
export interface Push {
  /** A newer push with the same key takes the place of one that the device has not shown, or still shows: at most 32 characters of [A-Za-z0-9_-]. */
  collapseKey: string;
  /** Null: a silent push that takes back what was shown under this key, and sets the badge. The app does so: it is told the key. */
  alert: { title: string; body: string } | null;
  /** Unread messages, shown on the app's icon. */
  badge: number;
  /** What the app opens: public ids. Nothing that is said in a conversation. Not `aps`, `from`, `badge` or `collapseKey`, nor a name that begins with google or gcm. */
  data: Record<string, string>;
  /** The provider gives up after so long, ms. */
  ttlMs: number;
}

export type PushOutcome =
  /** The provider took it; it may still never arrive. */
  | { kind: 'sent' }
  /** The address is of no use any more: it is to be forgotten. */
  | { kind: 'gone' }
  /** The provider dislikes this very push, and will again. */
  | { kind: 'refused'; reason: string };

/** Wakes devices. */
export interface PushSender {
  /** Whether the provider's keys were given. */
  supports(provider: PushProvider): boolean;
  /**
   * Throws PushUnavailable, a Fault UNAVAILABLE, where the provider cannot be reached, has too much to do (with `retryAt`
   * where it says when) or fails: the same push can be sent later. It takes some seconds at most, and none while the
   * provider is known to be out. A push may arrive twice; the collapse key makes it one. Texts that are too long for the
   * provider are shortened. `refused` where the provider's keys were not given, or it does not take them.
   */
  send(address: PushAddress, push: Push): Promise<PushOutcome>;
  close(): Promise<void>;
}
