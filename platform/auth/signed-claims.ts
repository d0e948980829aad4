import { createHmac, timingSafeEqual } from 'node:crypto';

const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');

/**
 * Claims signed with a secret that Parley's own processes share: a JWS in compact form (RFC 7515), HS256. Made and checked
 * without waiting, because every request between processes carries one.
 */
export class SignedClaims {
  /** `secret`: at least 32 bytes. */
  constructor(private readonly secret: Buffer) {
    if (secret.length < 32) throw new Error('the secret has fewer than 32 bytes');
  }

  sign(claims: object): string {
    const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    return `${signed}.${this.signature(signed).toString('base64url')}`;
  }

  /** What was signed; null when the token is forged or malformed. Never throws. */
  verify(token: string): unknown {
    const [head, body, signature, ...more] = token.split('.');
    // Only our own header is taken: nobody can talk us into another algorithm.
    if (head !== header || !body || !signature || more.length > 0) return null;
    const given = Buffer.from(signature, 'base64url');
    const expected = this.signature(`${head}.${body}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return parseJson(Buffer.from(body, 'base64url').toString());
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
