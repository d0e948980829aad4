import { z } from 'zod';
import { SignedClaims } from './signed-claims.js';

/** The header in which a process of Parley says that it is one. */
export const SERVICE_HEADER = 'parley-service';

/** How long a service token lives, ms: one request, and what clocks differ by. */
const LIFE = 30_000;
/** For how long one is used again. */
const REUSE = 10_000;

const payload = z.object({ service: z.string(), exp: z.number() });

/**
 * A process of Parley that asks another one for itself, not for a caller. Such a token names no viewer, and a viewer token
 * names no service: neither is taken for the other.
 */
export class ServiceTokens {
  private readonly claims: SignedClaims;
  private current = { token: '', until: 0 };

  /** `secret`: at least 32 bytes that only Parley's own processes know. `service`: for whoever reads logs. `now`: Unix ms. */
  constructor(
    secret: Buffer,
    private readonly service: string,
    private readonly now: () => number = Date.now,
  ) {
    this.claims = new SignedClaims(secret);
  }

  token(): string {
    const now = this.now();
    if (this.current.until <= now) {
      const token = this.claims.sign({ service: this.service, exp: Math.floor((now + LIFE) / 1000) });
      this.current = { token, until: now + REUSE };
    }
    return this.current.token;
  }

  /** The service; null when the token is forged, malformed or expired. Never throws. */
  verify(token: string): string | null {
    const claims = payload.safeParse(this.claims.verify(token));
    return claims.success && claims.data.exp * 1000 > this.now() ? claims.data.service : null;
  }
}
