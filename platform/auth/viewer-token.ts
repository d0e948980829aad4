import { z } from 'zod';
import type { Caller } from './caller.js';
import { SignedClaims } from './signed-claims.js';

/** The header in which the router tells a subgraph for whom it asks. */
export const VIEWER_HEADER = 'parley-viewer';

/** How long a viewer token lives, ms: one request, and what clocks differ by. */
export const VIEWER_TOKEN_LIFE = 30_000;

const network = z.string().nullish();
const startedAt = z.number().int();
const caller = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('person'),
    userId: z.uuid(),
    deviceId: z.uuid(),
    startedAt,
    network,
    isNewcomer: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('hub'), startedAt }),
  z.object({ kind: z.literal('nobody'), startedAt, network }),
]) satisfies z.ZodType<Caller>;
const payload = z.object({ caller, exp: z.number() });

/** The caller, signed by the router for the subgraphs. */
export class ViewerTokens {
  private readonly claims: SignedClaims;

  /** `secret`: at least 32 bytes that only Parley's own processes know. `now`: Unix ms. */
  constructor(
    secret: Buffer,
    private readonly now: () => number = Date.now,
  ) {
    this.claims = new SignedClaims(secret);
  }

  sign(caller: Caller): string {
    return this.claims.sign({ caller, exp: Math.floor((this.now() + VIEWER_TOKEN_LIFE) / 1000) });
  }

  /** Null when the token is forged, malformed or expired. Never throws. */
  verify(token: string): Caller | null {
    const claims = payload.safeParse(this.claims.verify(token));
    return claims.success && claims.data.exp * 1000 > this.now() ? claims.data.caller : null;
  }
}
