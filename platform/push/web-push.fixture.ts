import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, type ECDH } from 'node:crypto';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { jwtVerify } from 'jose';
import { localCertificate } from './certificate.fixture.js';
import type { PushAddress } from './port.js';
import { ProviderFixture, type ArrivedPush } from './provider.fixture.js';

const LIMIT_BYTES = 4_096;
const TAG_BYTES = 16;

type WebPushAddress = Extract<PushAddress, { provider: 'WEB_PUSH' }>;
interface Browser {
  keys: ECDH;
  auth: Buffer;
}
interface Answer {
  status: number;
  headers?: Record<string, string>;
}

/** A push service (RFC 8030, VAPID of RFC 8292) and the browsers that subscribe to it, which decrypt (RFC 8291). */
export class WebPushFixture extends ProviderFixture {
  /** Which certificate to trust is said with these. */
  readonly environment: Record<string, string> = {
    PARLEY_WEB_PUSH_PRIVATE_ADDRESSES: 'on',
    PARLEY_VAPID_SUBJECT: 'mailto:push@example.org',
    NODE_EXTRA_CA_CERTS: localCertificate().file,
  };
  /** Sends every request on to there. */
  redirectsTo: string | null = null;
  private readonly browsers = new Map<string, Browser>();

  private constructor() {
    const { certificate: cert, key } = localCertificate();
    super(createServer({ cert, key }, (request, response) => void this.answer(request, response)));
  }

  static async start(): Promise<WebPushFixture> {
    const fixture = new WebPushFixture();
    await fixture.comeUp();
    return fixture;
  }

  newDevice(): WebPushAddress {
    const [keys, auth] = [createECDH('prime256v1'), randomBytes(16)];
    keys.generateKeys();
    const path = `/push/${randomBytes(16).toString('base64url')}`;
    this.browsers.set(path, { keys, auth });
    return {
      provider: 'WEB_PUSH',
      endpoint: `${this.origin}${path}`,
      p256dh: keys.getPublicKey('base64url'),
      auth: auth.toString('base64url'),
    };
  }

  private get origin(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const body = await buffer(request);
    if (this.condition === 'hanging') return;
    const { status, headers } = this.conditionAnswer() ?? (await this.answerTo(request, body));
    response.writeHead(status, headers).end();
  }

  private conditionAnswer(): Answer | null {
    if (this.redirectsTo) return { status: 307, headers: { location: this.redirectsTo } };
    if (this.condition === 'failing') return { status: 503 };
    if (typeof this.condition !== 'object') return null;
    return { status: 429, headers: { 'retry-after': String(this.condition.busyFor) } };
  }

  private async answerTo({ method, url = '', headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    const browser = this.browsers.get(url);
    if (method !== 'POST' || !browser) return { status: 404 };
    if (this.isGone(`${this.origin}${url}`)) return { status: 410 };
    const doubt = await this.doubtAbout(headers.authorization ?? '');
    if (doubt) return (this.complain(doubt), { status: 403 });
    if (body.length > LIMIT_BYTES) return { status: 413 };
    const { topic = '', ttl, urgency } = headers;
    if (ttl === undefined || !/^\d+$/.test(String(ttl))) return (this.complain('no TTL'), { status: 400 });
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(String(topic))) return (this.complain('a bad Topic'), { status: 400 });
    if (headers['content-encoding'] !== 'aes128gcm') return (this.complain('another encoding'), { status: 400 });
    const raw = decrypt(body, browser);
    if (raw === null) return (this.complain('the browser cannot decrypt it'), { status: 201 });
    const push = JSON.parse(raw) as Pick<ArrivedPush, 'alert' | 'badge' | 'collapseKey' | 'data'>;
    if (push.collapseKey !== topic) this.complain('the collapse key is not the Topic');
    this.arrived.push({
      ...push,
      device: `${this.origin}${url}`,
      ttlMs: Number(ttl) * 1_000,
      isUrgent: urgency === 'high',
      raw,
    });
    return { status: 201, headers: { location: `${this.origin}/message/${this.arrived.length}` } };
  }

  /** What is wrong with the application server's signature (RFC 8292 §2 and §3); null: nothing. */
  private async doubtAbout(authorization: string): Promise<string | null> {
    const [, token, k] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
    if (!token || !k) return 'no VAPID signature';
    const point = Buffer.from(k, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
    try {
      const { payload } = await jwtVerify(token, publicKey, {
        algorithms: ['ES256'],
        audience: this.origin,
        requiredClaims: ['exp', 'sub'],
      });
      if (payload.exp! > Date.now() / 1_000 + 24 * 3_600) return 'it ends in more than a day';
      return /^(mailto:|https:)/.test(payload.sub!) ? null : 'the subject is nobody who can be reached';
    } catch (error) {
      return (error as Error).message;
    }
  }
}

/** RFC 8291 §3.4 and RFC 8188 §2, of one record; null where it is not for this browser. */
function decrypt(body: Buffer, { keys, auth }: Browser): string | null {
  const [salt, recordSize, idLength] = [body.subarray(0, 16), body.readUInt32BE(16), body.readUInt8(20)];
  const sender = body.subarray(21, 21 + idLength);
  const record = body.subarray(21 + idLength);
  if (sender.length !== 65 || record.length > recordSize) return null;
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender]);
  const derive = (secret: NodeJS.ArrayBufferView, from: Buffer, what: Buffer | string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, from, what, length));
  const secret = derive(keys.computeSecret(sender), auth, info, 32);
  const key = derive(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(secret, salt, 'Content-Encoding: nonce\0', 12);
  try {
    const cipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(record.subarray(-TAG_BYTES));
    const padded = Buffer.concat([cipher.update(record.subarray(0, -TAG_BYTES)), cipher.final()]);
    const end = padded.findLastIndex((byte) => byte !== 0);
    return padded[end] === 2 ? padded.subarray(0, end).toString('utf8') : null;
  } catch {
    return null;
  }
}
