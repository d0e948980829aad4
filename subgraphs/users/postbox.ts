import type { Letter, Mail } from '../../platform/mail/port.js';
import type { Log } from '../../platform/telemetry/log.js';

const AT_ONCE = 4;
const WAITING = 1_000;

/**
 * Letters that no request waits for: so that a slow mail server slows nobody down, and so that the time an answer takes
 * does not tell whether there was somebody to write to. Lost when the process dies; whoever waits for one asks again.
 */
export class Postbox {
  private readonly waiting: (() => Promise<unknown>)[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly mail: Mail,
    private readonly log: Log,
  ) {}

  /** Sends now; throws what the mail port throws. */
  send(letter: Letter): Promise<void> {
    return this.mail.send(letter);
  }

  /** Finds out what to send, if anything, and sends it, some time soon. */
  later(write: () => Promise<Letter | null> | Letter | null): void {
    if (this.waiting.length >= WAITING) {
      this.log.warn('too many letters wait; one is not sent');
      return;
    }
    this.waiting.push(async () => {
      const letter = await write();
      if (letter) await this.mail.send(letter);
    });
    if (this.running.size < AT_ONCE) this.run();
  }

  /** Resolves once nothing is on its way. */
  async drain(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private run(): void {
    const line = this.work().finally(() => this.running.delete(line));
    this.running.add(line);
  }

  private async work(): Promise<void> {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift())
      await next().catch((error: unknown) => this.log.warn({ err: error }, 'a letter could not be sent'));
  }
}
