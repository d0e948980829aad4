import type { Environment, Tabs } from '../environment.js';
import { SetPresenceDocument, type PresenceIntent } from '../generated/graphql.js';
import type { Requests } from '../transport/requests.js';

/** How long all tabs have been out of sight when the person counts as away, in ms. */
const AWAY_AFTER = 5 * 60_000;

/** Tells the server that the person looks elsewhere, and that they are back; from page visibility, over all tabs. */
export class Activity {
  private readonly stopAttending: () => void;
  private hidden: AbortController | null = null;
  /** Ends the lock that this tab shares while it is seen. */
  private release: (() => void) | null = null;
  private isAway = false;

  constructor(
    private readonly requests: Pick<Requests, 'mutate'>,
    private readonly environment: Environment,
    private readonly tabs: Tabs | null,
  ) {
    this.stopAttending = environment.onAttention(() => this.look());
    this.look();
  }

  close(): void {
    this.stopAttending();
    this.hidden?.abort();
    this.release?.();
  }

  private look(): void {
    if (this.environment.isVisible()) this.shown();
    else this.goneFromSight();
  }

  private shown(): void {
    this.hidden?.abort();
    this.hidden = null;
    this.release ??= this.holdShared();
    if (this.isAway) this.say('ONLINE');
    this.isAway = false;
  }

  private goneFromSight(): void {
    this.release?.();
    this.release = null;
    if (this.hidden) return;
    const hidden = (this.hidden = new AbortController());
    this.environment.sleep(AWAY_AFTER, hidden.signal).then(
      () => void this.goAway(),
      () => undefined,
    );
  }

  /** Where another tab is seen, its lock is held, and nobody is away. */
  private async goAway(): Promise<void> {
    const say = async () => {
      this.isAway = true;
      this.say('AWAY');
    };
    if (this.tabs) await this.tabs.ifFree('seen', say);
    else await say();
  }

  private holdShared(): () => void {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    void this.tabs?.shared('seen', () => held);
    return release;
  }

  private say(intent: PresenceIntent): void {
    this.requests.mutate(SetPresenceDocument, { input: { intent } }, { repeatable: true }).catch(() => undefined);
  }
}
