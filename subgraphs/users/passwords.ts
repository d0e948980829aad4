import { availableParallelism } from 'node:os';
import { type Algorithm, hash, verify } from '@node-rs/argon2';
import { Fault } from '../../platform/errors/errors.js';

// OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB, 2 passes, 1 lane. Some 25 ms of one core.
const parameters = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashes and checks passwords, a few at a time: hashing runs on libuv's threads, of which files and DNS need some too.
 * Those who would wait for seconds are told OVERLOADED at once.
 */
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly slots = Math.max(1, Math.min(3, availableParallelism() - 1));

  private constructor(private readonly decoy: string) {}

  static async create(): Promise<Passwords> {
    return new Passwords(await hash('nobody has this password', parameters));
  }

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(normalise(password), parameters));
  }

  /** Takes the same time where there is no hash to check: so it does not tell which logins exist. */
  async matches(stored: string | null, password: string): Promise<boolean> {
    const isRight = await this.inTurn(() => verify(stored ?? this.decoy, normalise(password)));
    return isRight && stored !== null;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.slots) this.running++;
    else if (this.waiting.length >= 100 * this.slots)
      throw new Fault('OVERLOADED', 'Too many people are signing in right now. Try again in a few seconds.');
    // Whoever finishes passes their slot on, so `running` stays as it is.
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}

/** The same characters, however a keyboard composes them (RFC 8265 §4.2). */
function normalise(password: string): string {
  return password.normalize('NFC');
}
