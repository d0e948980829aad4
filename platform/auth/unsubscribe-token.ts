import { z } from 'zod';
import { SignedClaims } from './signed-claims.js';

const payload = z.object({ unsubscribe: z.uuid() });

/**
 * Says that whoever brings it may stop the letters to a person, and nothing else. It is in each such letter, and lives as
 * long as the secret. Neither a viewer token nor a service token is taken for one.
 */
export class UnsubscribeTokens {
  private readonly claims: SignedClaims;

  /** `secret`: at least 32 bytes that only Parley's own processes know. */
  constructor(secret: Buffer) {
    this.claims = new SignedClaims(secret);
  }

  sign(userId: string): string {
    return this.claims.sign({ unsubscribe: userId });
  }

  /** Whose letters; null when the token is forged or malformed. Never throws. */
  verify(token: string): string | null {
    const claims = payload.safeParse(this.claims.verify(token));
    return claims.success ? claims.data.unsubscribe : null;
  }
}
