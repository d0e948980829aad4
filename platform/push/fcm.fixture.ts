import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { jwtVerify } from 'jose';
import type { PushAddress } from './port.js';
import { ProviderFixture } from './provider.fixture.js';

const LIMIT_BYTES = 4_096;
const projectId = 'parley-fixture';
const email = `push@${projectId}.example.org`;
const scope = 'https://www.googleapis.com/auth/firebase.messaging';

let keys: { publicKey: KeyObject; privateKey: KeyObject } | null = null;
/** Made once in this process: it takes half a second. */
const accountKeys = () => (keys ??= generateKeyPairSync('rsa', { modulusLength: 2_048 }));

/** As the reference of projects.messages.send has it, of what is read here. */
interface FcmMessage {
  token: string;
  data: Record<string, string>;
  notification?: { title: string; body: string };
  android: { collapse_key: string; priority: string; ttl: string; notification?: { tag: string } };
}
interface Answer {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

/** Firebase Cloud Messaging, HTTP v1, and the place where a service account gets its OAuth tokens (RFC 7523). */
export class FcmFixture extends ProviderFixture {
  readonly environment: Record<string, string> = {};
  /** Tokens that were given out. */
  tokensGiven = 0;
  private readonly tokens = new Set<string>();

  private constructor() {
    const server = createServer((request, response) => void this.answer(request, response));
    super(server);
  }

  static async start(): Promise<FcmFixture> {
    const fixture = new FcmFixture();
    await fixture.comeUp();
    const { origin } = fixture;
    fixture.environment.PARLEY_FCM_ENDPOINT = origin;
    fixture.environment.PARLEY_FCM_SERVICE_ACCOUNT = JSON.stringify({
      type: 'service_account',
      project_id: projectId,
      private_key_id: 'fixture',
      private_key: accountKeys().privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: email,
      token_uri: `${origin}/token`,
    });
    return fixture;
  }

  newDevice(): PushAddress {
    return {
      provider: 'FCM',
      token: `${randomBytes(16).toString('base64url')}:${randomBytes(64).toString('base64url')}`,
    };
  }

  /** Takes back all tokens before they end. */
  revokeTokens(): void {
    this.tokens.clear();
  }

  private get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const body = await text(request);
    if (this.condition === 'hanging') return;
    const answer = this.conditionAnswer() ?? (await this.answerTo(request, body));
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  }

  private conditionAnswer(): Answer | null {
    if (this.condition === 'failing') return failure(503, 'UNAVAILABLE', 'UNAVAILABLE');
    if (typeof this.condition !== 'object') return null;
    const answer = failure(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED');
    return { ...answer, headers: { 'retry-after': String(this.condition.busyFor) } };
  }

  private async answerTo({ method, url, headers }: IncomingMessage, body: string): Promise<Answer> {
    if (method === 'POST' && url === '/token') return this.giveToken(body);
    if (method !== 'POST' || url !== `/v1/projects/${projectId}/messages:send`)
      return (this.complain(`${method} ${url}`), failure(404, 'NOT_FOUND'));
    if (!this.tokens.has(/^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? ''))
      return failure(401, 'UNAUTHENTICATED');
    const { message } = JSON.parse(body) as { message: FcmMessage };
    if (!/^[\w-]+:[\w-]{80,}$/.test(message.token)) return invalid('message.token', 'Invalid registration token');
    if (this.isGone(message.token)) return failure(404, 'NOT_FOUND', 'UNREGISTERED');
    if (Buffer.byteLength(JSON.stringify({ ...message, token: '' })) > LIMIT_BYTES)
      return invalid('message', 'Message too big');
    for (const [key, value] of Object.entries(message.data))
      if (typeof value !== 'string' || /^(from|message_type|google.*|gcm.*)$/.test(key))
        return invalid(`message.data[${key}]`, 'Invalid data key or value');
    return this.take(message, body);
  }

  private take({ token, data, notification, android }: FcmMessage, raw: string): Answer {
    const { collapseKey = '', badge, ...rest } = data;
    if (android.collapse_key !== collapseKey || (notification && android.notification?.tag !== collapseKey))
      this.complain('the collapse key is not the same everywhere');
    this.arrived.push({
      device: token,
      collapseKey,
      alert: notification ?? null,
      badge: Number(badge),
      data: rest,
      ttlMs: Number(/^(\d+)s$/.exec(android.ttl)?.[1]) * 1_000,
      isUrgent: android.priority === 'HIGH',
      raw,
    });
    return { status: 200, body: { name: `projects/${projectId}/messages/${this.arrived.length}` } };
  }

  private async giveToken(body: string): Promise<Answer> {
    const form = new URLSearchParams(body);
    try {
      if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') throw new Error('bad grant type');
      const { payload } = await jwtVerify(form.get('assertion') ?? '', accountKeys().publicKey, {
        algorithms: ['RS256'],
        issuer: email,
        audience: `${this.origin}/token`,
        requiredClaims: ['iat', 'exp'],
      });
      if (payload.scope !== scope) throw new Error('another scope');
      if (payload.exp! - payload.iat! > 3_600) throw new Error('an assertion for more than an hour');
    } catch (error) {
      this.complain((error as Error).message);
      return { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT.' } };
    }
    const token = randomBytes(24).toString('base64url');
    this.tokens.add(token);
    this.tokensGiven++;
    return { status: 200, body: { access_token: token, expires_in: 3_599, token_type: 'Bearer' } };
  }
}

function failure(code: number, status: string, errorCode?: string): Answer {
  const details = errorCode ? [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }] : [];
  return { status: code, body: { error: { code, status, message: status, details } } };
}

function invalid(field: string, description: string): Answer {
  const fault = failure(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT').body as { error: { details: object[] } };
  fault.error.details.push({
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: [{ field, description }],
  });
  return { status: 400, body: fault };
}
