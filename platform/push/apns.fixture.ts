import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { createSecureServer, type ServerHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { text } from 'node:stream/consumers';
import { jwtVerify } from 'jose';
import { localCertificate } from './certificate.fixture.js';
import type { PushAddress } from './port.js';
import { ProviderFixture } from './provider.fixture.js';

const LIMIT_BYTES = 4_096;
const TOKEN_AGE_SECONDS = 3_600;
const topic = 'org.example.chat';
const [teamId, keyId] = ['TEAM567890', 'KEY4567890'];

/** Apple's push service, as its documentation has it: HTTP/2 over TLS, provider tokens, the reasons of its refusals. */
export class ApnsFixture extends ProviderFixture {
  readonly environment: Record<string, string>;
  /** Refuses the next request for a token that is too old. */
  findsTokenExpired = false;
  private readonly publicKey: KeyObject;

  private constructor() {
    const { certificate: cert, key } = localCertificate();
    const server = createSecureServer({ cert, key, settings: { maxConcurrentStreams: 100 } });
    super(server);
    server.on('stream', (stream, headers) => void this.answer(stream, headers).catch(() => stream.close()));
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.publicKey = keys.publicKey;
    this.environment = {
      PARLEY_APNS_KEY: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      PARLEY_APNS_KEY_ID: keyId,
      PARLEY_APNS_TEAM_ID: teamId,
      PARLEY_APNS_TOPIC: topic,
    };
  }

  static async start(): Promise<ApnsFixture> {
    const fixture = new ApnsFixture();
    await fixture.comeUp();
    fixture.environment.PARLEY_APNS_ENDPOINT = `https://127.0.0.1:${fixture.port}`;
    return fixture;
  }

  newDevice(): PushAddress {
    return { provider: 'APNS', token: randomBytes(32).toString('hex') };
  }

  private async answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    stream.on('error', () => undefined);
    this.requests++;
    const body = await text(stream);
    const refusal = await this.refusalOf(headers, body);
    if (refusal === 'none') return;
    stream.respond({ ':status': refusal?.status ?? 200, 'apns-id': headers['apns-id'] ?? crypto.randomUUID() });
    stream.end(refusal ? JSON.stringify({ reason: refusal.reason, timestamp: refusal.timestamp }) : '');
  }

  private async refusalOf(
    headers: IncomingHttpHeaders,
    body: string,
  ): Promise<{ status: number; reason: string; timestamp?: number } | 'none' | null> {
    if (this.condition === 'hanging') return 'none';
    if (this.condition === 'failing') return { status: 503, reason: 'ServiceUnavailable' };
    if (this.condition !== 'well') return { status: 429, reason: 'TooManyRequests' };
    const why = await this.doubtAbout(String(headers.authorization));
    if (why) return (this.complain(why), { status: 403, reason: 'InvalidProviderToken' });
    if (this.findsTokenExpired) {
      this.findsTokenExpired = false;
      return { status: 403, reason: 'ExpiredProviderToken' };
    }
    const device = /^\/3\/device\/([0-9a-f]{64,200})$/.exec(String(headers[':path']))?.[1];
    if (headers[':method'] !== 'POST' || !device) return { status: 400, reason: 'BadDeviceToken' };
    if (this.isGone(device)) return { status: 410, reason: 'Unregistered', timestamp: Date.now() };
    if (headers['apns-topic'] !== topic) return { status: 400, reason: 'TopicDisallowed' };
    if (Buffer.byteLength(body) > LIMIT_BYTES) return { status: 413, reason: 'PayloadTooLarge' };
    return this.take(device, headers, body);
  }

  private take(device: string, headers: IncomingHttpHeaders, body: string) {
    const { aps, collapseKey, ...data } = JSON.parse(body) as {
      aps: { alert?: { title: string; body: string }; badge: number };
      collapseKey: string;
    } & Record<string, string>;
    if (headers['apns-collapse-id'] !== collapseKey || Buffer.byteLength(collapseKey) > 64)
      return { status: 400, reason: 'BadCollapseId' };
    // A push of this type changes nothing that a person sees: no badge either.
    if (headers['apns-push-type'] !== 'alert') return { status: 400, reason: 'InvalidPushType' };
    const ttlMs = Number(headers['apns-expiration']) * 1_000 - Date.now();
    this.arrived.push({
      device,
      collapseKey,
      alert: aps.alert ?? null,
      badge: aps.badge,
      data,
      ttlMs,
      isUrgent: headers['apns-priority'] === '10',
      raw: body,
    });
    return null;
  }

  /** What is wrong with the provider's token; null: nothing. */
  private async doubtAbout(authorization: string): Promise<string | null> {
    const token = /^bearer (\S+)$/i.exec(authorization)?.[1];
    if (!token) return 'no bearer token';
    try {
      const { protectedHeader } = await jwtVerify(token, this.publicKey, {
        algorithms: ['ES256'],
        issuer: teamId,
        maxTokenAge: TOKEN_AGE_SECONDS,
      });
      return protectedHeader.kid === keyId ? null : 'the token names another key';
    } catch (error) {
      return (error as Error).message;
    }
  }
}
