import { importPKCS8, SignJWT } from 'jose';
import { request, type Dispatcher } from 'undici';
import type { ServiceAccount } from '../config/push.js';
import { PushUnavailable, unavailableByStatus } from './unavailable.js';

const RENEW_BEFORE_MS = 5 * 60_000;

/** Google does not take the account's key: no try will change that. */
export class AccountRefused extends Error {
  override readonly name = 'AccountRefused';
}

/** OAuth access tokens of a service account, for an assertion that its key signs (RFC 7523 §2.1). */
export class GoogleTokens {
  private held: { token: string; renewAt: number } | null = null;
  private asking: Promise<string> | null = null;

  constructor(
    private readonly options: { account: ServiceAccount; scope: string; timeoutMs: number; dispatcher: Dispatcher },
  ) {}

  /** One that is good for minutes yet. Throws PushUnavailable, or AccountRefused. */
  async get(): Promise<string> {
    if (this.held && this.held.renewAt > Date.now()) return this.held.token;
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  /** The token has been refused: the next one is another. */
  drop(token: string): void {
    if (this.held?.token === token) this.held = null;
  }

  private async ask(): Promise<string> {
    const { account, timeoutMs, dispatcher } = this.options;
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: await this.assertion() };
    const { statusCode, headers, body } = await request(account.tokenUri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
      dispatcher,
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw new PushUnavailable('no answer', { cause });
    });
    const answer = (await body.json().catch(() => null)) as { access_token?: string; expires_in?: number } | null;
    const unavailable = unavailableByStatus(statusCode, headers);
    if (unavailable) throw unavailable;
    if (statusCode !== 200) throw new AccountRefused(`the token endpoint answers ${statusCode}`);
    if (!answer?.access_token) throw new PushUnavailable('no answer');
    const lifeMs = (answer.expires_in ?? 3_600) * 1_000;
    this.held = { token: answer.access_token, renewAt: Date.now() + Math.max(lifeMs - RENEW_BEFORE_MS, lifeMs / 2) };
    return answer.access_token;
  }

  private async assertion(): Promise<string> {
    const { account, scope } = this.options;
    return new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', ...(account.keyId ? { kid: account.keyId } : {}) })
      .setIssuer(account.email)
      .setAudience(account.tokenUri)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(await importPKCS8(account.privateKey, 'RS256'));
  }
}
