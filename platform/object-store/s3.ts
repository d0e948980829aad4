import { PassThrough, Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Fault } from '../errors/errors.js';
import { checkKey } from './key.js';
import type { DownloadGrant, ListedObject, ObjectStore, SignedUpload, StoredObject, UploadGrant } from './port.js';
import { servedAs } from './served-as.js';

export interface S3Settings {
  /** Null: Amazon's, of the region. */
  endpoint: string | null;
  /** Where people reach it; null: at the endpoint. */
  publicEndpoint: string | null;
  region: string;
  bucket: string;
  /** Null: what the machine has, as the SDK finds it. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
  /**
   * By which header an upload's SHA-256 is signed: x-amz-checksum-sha256, or x-amz-content-sha256, which Ceph (16)
   * verifies, and not the other one.
   */
  checksum: 'checksum' | 'content';
}

const [CONNECT_MS, SILENT_MS] = [2_000, 10_000];
/** Amazon signs for a week at most. */
const LONGEST_SECONDS = 7 * 24 * 3600;
const DELETES_AT_ONCE = 8;

/** Objects in a bucket of S3, or of what speaks as it does. */
export class S3ObjectStore implements ObjectStore {
  private readonly client: S3Client;
  /** Its links name the host that people reach. */
  private readonly signer: S3Client;
  private readonly bucket: string;

  constructor(private readonly settings: S3Settings) {
    this.client = clientOf(settings, settings.endpoint);
    this.signer = clientOf(settings, settings.publicEndpoint ?? settings.endpoint);
    this.bucket = settings.bucket;
  }

  async signUpload({ key, contentType, size, sha256, expiresAt }: UploadGrant): Promise<SignedUpload> {
    const command = new PutObjectCommand({
      Bucket: this.bucket,
      Key: checkKey(key),
      ContentType: contentType,
      ContentLength: size,
    });
    const checksum = sha256 === null ? null : this.checksumHeader(sha256);
    if (checksum)
      command.middlewareStack.add(
        (next) => (args) => {
          (args.request as { headers: Record<string, string> }).headers[checksum.name] = checksum.value;
          return next(args);
        },
        { step: 'build' },
      );
    const signed = ['host', 'content-type', 'content-length', ...(checksum ? [checksum.name] : [])];
    const url = await getSignedUrl(this.signer, command, {
      ...timesOf(expiresAt),
      signableHeaders: new Set(signed),
      unhoistableHeaders: new Set(signed),
    });
    return {
      method: 'PUT',
      url,
      headers: [{ name: 'Content-Type', value: contentType }, ...(checksum ? [checksum] : [])],
    };
  }

  signDownload(grant: DownloadGrant): Promise<string> {
    const { contentType, disposition } = servedAs(grant);
    const command = new GetObjectCommand({
      Bucket: this.bucket,
      Key: checkKey(grant.key),
      ResponseContentType: contentType,
      ResponseContentDisposition: disposition,
    });
    return getSignedUrl(this.signer, command, timesOf(grant.expiresAt));
  }

  async head(key: string): Promise<StoredObject | null> {
    const command = new HeadObjectCommand({ Bucket: this.bucket, Key: checkKey(key) });
    const found = await this.ask(() => this.client.send(command));
    if (!found) return null;
    const { ContentLength: size = 0, ContentType: contentType = '', LastModified: modifiedAt = new Date(0) } = found;
    return { key, size, contentType, modifiedAt };
  }

  async read(key: string, range?: { start: number; end: number }): Promise<Readable | null> {
    const Range = range && `bytes=${range.start}-${range.end}`;
    const command = new GetObjectCommand({ Bucket: this.bucket, Key: checkKey(key), Range });
    const found = await this.ask(() => this.client.send(command));
    return found ? watched(found.Body as Readable) : null;
  }

  async write(key: string, body: Buffer | Readable, about: { contentType: string; size: number }): Promise<void> {
    const source = exactly(body, about.size);
    const command = new PutObjectCommand({
      Bucket: this.bucket,
      Key: checkKey(key),
      Body: source,
      ContentType: about.contentType,
      ContentLength: about.size,
    });
    // The SDK does not notice that a body breaks, and would wait for the rest.
    const broken = new AbortController();
    if (!Buffer.isBuffer(source)) source.once('error', (error) => broken.abort(error));
    try {
      await this.ask(() => this.client.send(command, { abortSignal: broken.signal }));
    } catch (error) {
      throw broken.signal.aborted ? broken.signal.reason : error;
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    // One by one: S3's call for many wants a checksum in a form that not every store knows.
    const commands = keys.map((key) => new DeleteObjectCommand({ Bucket: this.bucket, Key: checkKey(key) }));
    for (let at = 0; at < commands.length; at += DELETES_AT_ONCE)
      await Promise.all(
        commands.slice(at, at + DELETES_AT_ONCE).map((command) => this.ask(() => this.client.send(command))),
      );
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    let ContinuationToken: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken });
      const page = await this.ask(() => this.client.send(command));
      for (const { Key: key = '', Size: size = 0, LastModified: modifiedAt = new Date(0) } of page?.Contents ?? [])
        yield { key, size, modifiedAt };
      ContinuationToken = page?.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  close(): Promise<void> {
    this.client.destroy();
    this.signer.destroy();
    return Promise.resolve();
  }

  private checksumHeader(sha256: string): { name: string; value: string } {
    return this.settings.checksum === 'content'
      ? { name: 'x-amz-content-sha256', value: sha256 }
      : { name: 'x-amz-checksum-sha256', value: Buffer.from(sha256, 'hex').toString('base64') };
  }

  /** Null where there is no such object. */
  private async ask<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (error) {
      const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
      const status = $metadata?.httpStatusCode;
      if (status === 404 && name !== 'NoSuchBucket') return null;
      // Refused as a whole, nothing can be done either until an operator puts it right.
      const isOut = status === undefined || status >= 500 || status === 429 || status === 403 || status === 404;
      if (isOut) throw unavailable(error);
      throw error;
    }
  }
}

const nothing = () => undefined;
/** What it would print is in the errors that it throws. */
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

function clientOf({ region, credentials, endpoint }: S3Settings, address: string | null): S3Client {
  return new S3Client({
    region,
    endpoint: address ?? undefined,
    credentials: credentials ?? undefined,
    // Names of buckets are no host names where the store is not Amazon's.
    forcePathStyle: endpoint !== null,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 2,
    logger: silent,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
      requestTimeout: SILENT_MS,
      throwOnRequestTimeout: true,
    },
  });
}

/** A link that has expired is made as such, too: S3 counts whole seconds from when it was signed. */
function timesOf(expiresAt: Date): { signingDate: Date; expiresIn: number } {
  const seconds = Math.floor((expiresAt.getTime() - Date.now()) / 1_000);
  const expiresIn = Math.min(Math.max(seconds, 1), LONGEST_SECONDS);
  return { expiresIn, signingDate: seconds < 1 ? new Date(expiresAt.getTime() - 1_000) : new Date() };
}

class WrongSize extends Error {
  override readonly message = 'there are more bytes than announced, or fewer';
}

/** Fails before its last piece where the sizes differ, so that the object never arrives. */
function exactly(body: Buffer | Readable, size: number): Buffer | Readable {
  if (Buffer.isBuffer(body)) {
    if (body.length !== size) throw new WrongSize();
    return body;
  }
  return Readable.from(counted(body, size), { objectMode: false });
}

async function* counted(body: Readable, size: number): AsyncIterable<Buffer> {
  let seen = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    seen += chunk.length;
    if (seen > size) throw new WrongSize();
    yield chunk;
  }
  if (seen !== size) throw new WrongSize();
}

/** Fails as the port says where the connection breaks, or says nothing for long, on the way. */
function watched(body: Readable): Readable {
  const out = new PassThrough();
  let timer: NodeJS.Timeout | undefined;
  const expectMore = () => {
    clearTimeout(timer);
    timer = setTimeout(() => body.destroy(new Error(`nothing came for ${SILENT_MS} ms`)), SILENT_MS);
  };
  expectMore();
  body.on('data', (chunk: Buffer) => {
    if (out.write(chunk)) return expectMore();
    clearTimeout(timer);
    body.pause();
  });
  out.on('drain', () => {
    expectMore();
    body.resume();
  });
  body.once('end', () => out.end());
  body.once('error', (error) => out.destroy(unavailable(error)));
  body.once('close', () => {
    clearTimeout(timer);
    if (!body.readableEnded) out.destroy(unavailable(new Error('the connection was closed')));
  });
  out.once('close', () => body.destroy());
  return out;
}

function unavailable(cause: unknown): Fault {
  return new Fault('UNAVAILABLE', 'Files cannot be reached now. Try again.', { cause });
}
