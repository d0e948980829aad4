import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** An OpenID Connect issuer on this machine: discovery document, keys, and id tokens for the asking. */
export class OidcIssuerFixture {
  /** How often its keys were fetched. */
  keyFetches = 0;
  /** What the discovery document says of itself; null: the truth. */
  claimedIssuer: string | null = null;
  isDown = false;
  private keys: { kid: string; privateKey: CryptoKey; publicJwk: JWK }[] = [];
  private readonly server = createServer((request, response) => {
    if (this.isDown) return void response.writeHead(503).end();
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration')
      response.end(JSON.stringify({ issuer: this.claimedIssuer ?? this.issuer, jwks_uri: `${this.issuer}/keys` }));
    else if (request.url === '/keys') {
      this.keyFetches++;
      response.end(JSON.stringify({ keys: this.keys.map(({ publicJwk }) => publicJwk) }));
    } else response.writeHead(404).end();
  });

  private constructor() {}

  static async start(): Promise<OidcIssuerFixture> {
    const fixture = new OidcIssuerFixture();
    await fixture.rotate();
    await new Promise<void>((resolve) => fixture.server.listen(0, '127.0.0.1', resolve));
    return fixture;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A new key signs from now on; the ones before it are no longer published. */
  async rotate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const kid = `key-${Math.random()}`;
    this.keys = [{ kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } }];
  }

  /** An id token; claims that are undefined are left out. `life`: seconds. */
  async idToken(claims: Record<string, unknown>, life = 300): Promise<string> {
    const { kid, privateKey } = this.keys[0]!;
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.issuer, aud: 'parley', iat: now, exp: now + life, ...claims };
    return new SignJWT(JSON.parse(JSON.stringify(all)) as Record<string, unknown>)
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(privateKey);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
