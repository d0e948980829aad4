import type { Environment } from './environment.js';
import { SetTypingDocument } from './generated/graphql.js';
import type { Requests } from './transport/requests.js';

/** The server shows somebody as typing for 6 s; it is said anew every 3 s, and taken back after 5 s of silence. In ms. */
const EVERY = 3_000;
const SILENCE = 5_000;

/** That the person types in one conversation, said as seldom as the server needs. */
export class TypingSignal {
  private lastSaid = -Infinity;
  private silence: AbortController | null = null;

  constructor(
    private readonly conversationId: string,
    private readonly requests: Pick<Requests, 'mutate'>,
    private readonly environment: Environment,
  ) {}

  /** At each key stroke. */
  typed(): void {
    const now = this.environment.now();
    if (now - this.lastSaid >= EVERY) {
      this.lastSaid = now;
      this.say(true);
    }
    this.silence?.abort();
    const silence = (this.silence = new AbortController());
    this.environment.sleep(SILENCE, silence.signal).then(
      () => this.stopped(),
      () => undefined,
    );
  }

  /** The field was emptied. Sending a message ends typing by itself: `isSaid` is false then. */
  stopped(isSaid = true): void {
    this.silence?.abort();
    this.silence = null;
    if (this.lastSaid === -Infinity) return;
    this.lastSaid = -Infinity;
    if (isSaid) this.say(false);
  }

  private say(isTyping: boolean): void {
    const input = { conversationId: this.conversationId, isTyping };
    this.requests.mutate(SetTypingDocument, { input }, { attempts: 1 }).catch(() => undefined);
  }
}
