import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from './caller.js';

/** The header in which the router tells a subgraph for whom it asks. */
export const VIEWER_HEADER = 'parley-viewer';

/** How long a viewer token lives, ms: one request, and what clocks differ by. */
export const VIEWER_TOKEN_LIFE = 30_000;

const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');

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

/**
 * The caller, signed by the router for the subgraphs: a JWS in compact form (RFC 7515), HS256. Made and checked without
 * waiting, because every request to every subgraph carries one.
 */
export class ViewerTokens {
  /** `secret`: at least 32 bytes that only the router and the subgraphs know. `now`: Unix ms. */
  constructor(
    private readonly secret: Buffer,
    private readonly now: () => number = Date.now,
  ) {
    if (secret.length < 32) throw new Error('the viewer secret has fewer than 32 bytes');
  }

  sign(caller: Caller): string {
    const exp = Math.floor((this.now() + VIEWER_TOKEN_LIFE) / 1000);
    const signed = `${header}.${Buffer.from(JSON.stringify({ caller, exp })).toString('base64url')}`;
    return `${signed}.${this.signature(signed).toString('base64url')}`;
  }

  /** Null when the token is forged, malformed or expired. Never throws. */
  verify(token: string): Caller | null {
    const [head, body, signature, ...more] = token.split('.');
    // Only our own header is taken: nobody can talk us into another algorithm.
    if (head !== header || !body || !signature || more.length > 0) return null;
    const given = Buffer.from(signature, 'base64url');
    const expected = this.signature(`${head}.${body}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const claims = payload.safeParse(parseJson(Buffer.from(body, 'base64url').toString()));
    return claims.success && claims.data.exp * 1000 > this.now() ? claims.data.caller : null;
  }

  private signature(signed: string): Buffer {
    return createHmac('sha256', this.secret).update(signed).digest();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
