import { createHmac, timingSafeEqual } from 'node:crypto';
import { isKey } from './key.js';
import type { DownloadGrant, SignedUpload, UploadGrant } from './port.js';
import { servedAs } from './served-as.js';

/** Where the router serves the embedded store. */
export const OBJECTS_PATH = '/objects/';

export type Link =
  | { method: 'PUT'; key: string; contentType: string; size: number; sha256: string | null }
  | { method: 'GET'; key: string; contentType: string; disposition: string };
export interface Refused {
  status: 400 | 403 | 404;
  message: string;
}

type Parameters = [name: string, value: string][];

/** Links to the embedded store: all that they allow is in the address, under an HMAC-SHA256. */
export class LocalLinks {
  constructor(
    private readonly secret: Buffer,
    /** Where people reach the router, without a slash at the end. */
    private readonly origin: () => string,
  ) {}

  upload({ key, contentType, size, sha256, expiresAt }: UploadGrant): SignedUpload {
    const url = this.sign('PUT', key, expiresAt, [
      ['type', contentType],
      ['size', String(size)],
      ...(sha256 === null ? [] : ([['sha256', sha256]] satisfies Parameters)),
    ]);
    return { method: 'PUT', url, headers: [{ name: 'Content-Type', value: contentType }] };
  }

  download(grant: DownloadGrant): string {
    const { contentType, disposition } = servedAs(grant);
    return this.sign('GET', grant.key, grant.expiresAt, [
      ['type', contentType],
      ['disposition', disposition],
    ]);
  }

  /** What a request may do: exactly what was signed, until then. `target`: path and query, as they came. */
  read(method: string, target: string, now = Date.now()): Link | Refused {
    const [path = '', query = ''] = target.split(/\?(.*)/s, 2);
    const key = path.slice(OBJECTS_PATH.length);
    if (!path.startsWith(OBJECTS_PATH) || !isKey(key)) return { status: 404, message: 'There is no such object.' };
    const parameters: Parameters = [...new URLSearchParams(query)];
    const signature = parameters.find(([name]) => name === 'signature')?.[1];
    if (signature === undefined)
      return { status: 403, message: 'Objects are reached by signed links. Ask Parley for one.' };
    const signed = parameters.filter(([name]) => name !== 'signature');
    const signedMethod = method === 'HEAD' ? 'GET' : method;
    if (parameters.length !== signed.length + 1 || !isSame(signature, this.signature(signedMethod, key, signed)))
      return {
        status: 403,
        message: `This link was not made for ${method}, or it was changed. Use it as it was given.`,
      };
    const values = new Map(signed);
    if (Number(values.get('expires')) <= now)
      return { status: 403, message: 'This link has expired. Ask Parley for a new one.' };
    const contentType = values.get('type') ?? '';
    if (signedMethod === 'GET')
      return { method: 'GET', key, contentType, disposition: values.get('disposition') ?? '' };
    return { method: 'PUT', key, contentType, size: Number(values.get('size')), sha256: values.get('sha256') ?? null };
  }

  private sign(method: Link['method'], key: string, expiresAt: Date, parameters: Parameters): string {
    const signed: Parameters = [...parameters, ['expires', String(expiresAt.getTime())]];
    const query = new URLSearchParams([...signed, ['signature', this.signature(method, key, signed)]]);
    return `${this.origin()}${OBJECTS_PATH}${key}?${query.toString()}`;
  }

  private signature(method: string, key: string, parameters: Parameters): string {
    // As JSON: no value can be taken for two.
    return createHmac('sha256', this.secret)
      .update(JSON.stringify([method, key, parameters]))
      .digest('base64url');
  }
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
