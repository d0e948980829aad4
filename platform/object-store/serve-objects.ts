import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { WrongChecksum, type EmbeddedObjectStore } from './embedded.js';
import type { Link } from './local-links.js';
import { WrongSize, type OpenedObject } from './object-file.js';
import { parseRange } from './range.js';

/** A connection on which nothing moves. */
const IDLE_MS = 30_000;
/** Uploads and downloads at once; more are told to come back. */
const MOST = 200;
/** What of a refused upload is still read, so that its sender sees the answer. */
const REFUSED_MS = 2_000;

type Upload = Extract<Link, { method: 'PUT' }>;
type Download = Extract<Link, { method: 'GET' }>;

/** Answers PUT, GET and HEAD of signed links to the embedded store. */
export function serveObjects(
  store: EmbeddedObjectStore,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let underWay = 0;
  return async (request, response) => {
    const { method = '', url = '' } = request;
    if (!['PUT', 'GET', 'HEAD'].includes(method)) {
      response.setHeader('allow', 'GET, HEAD, PUT');
      return refuse(request, response, 405, 'Objects are put, or got.');
    }
    if (underWay >= MOST) {
      response.setHeader('retry-after', '1');
      return refuse(request, response, 503, 'Too much is being sent. Try again.');
    }
    const link = store.links.read(method, url);
    if ('status' in link) return refuse(request, response, link.status, link.message);
    request.socket.setTimeout(IDLE_MS);
    underWay++;
    try {
      await (link.method === 'PUT' ? receive(store, link, request, response) : send(store, link, request, response));
    } finally {
      underWay--;
    }
  };
}

async function receive(
  store: EmbeddedObjectStore,
  { key, contentType, size, sha256 }: Upload,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { 'content-type': givenType, 'content-length': givenSize } = request.headers;
  if (givenType !== contentType)
    return refuse(request, response, 400, `This link takes Content-Type: ${contentType} and no other.`);
  if (givenSize === undefined) return refuse(request, response, 411, 'Say in Content-Length how many bytes come.');
  if (Number(givenSize) !== size)
    return refuse(request, response, Number(givenSize) > size ? 413 : 400, `This link takes ${size} bytes.`);
  try {
    await store.write(key, request, { contentType, size, sha256 });
  } catch (error) {
    if (error instanceof WrongChecksum || error instanceof WrongSize)
      return refuse(request, response, 400, error.message);
    // Whoever sent it is gone.
    if (!request.complete) return void response.destroy();
    throw error;
  }
  response.writeHead(200, { 'content-length': 0 }).end();
}

async function send(
  store: EmbeddedObjectStore,
  link: Download,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const object = await store.open(link.key);
  if (!object) return refuse(request, response, 404, 'There is no such object.');
  const tag = `"${object.size.toString(36)}-${object.modifiedAt.getTime().toString(36)}"`;
  const ifRange = request.headers['if-range'];
  const range = ifRange !== undefined && ifRange !== tag ? null : parseRange(request.headers.range, object.size);
  if (range === 'unsatisfiable') {
    await object.close();
    response.setHeader('content-range', `bytes */${object.size}`);
    return refuse(request, response, 416, `There are ${object.size} bytes.`);
  }
  const { start, end } = range ?? { start: 0, end: object.size - 1 };
  if (range) response.setHeader('content-range', `bytes ${start}-${end}/${object.size}`);
  response.writeHead(range ? 206 : 200, {
    ...safeHeaders,
    'content-type': link.contentType,
    'content-disposition': link.disposition,
    'content-length': end - start + 1,
    'accept-ranges': 'bytes',
    'last-modified': object.modifiedAt.toUTCString(),
    etag: tag,
  });
  if (request.method === 'HEAD' || end < start) {
    await object.close();
    response.end();
    return;
  }
  await pour(object, { start, end }, response);
}

/** Should the type be wrong after all, a browser still runs nothing of it. */
const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'",
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
};

async function pour(
  object: OpenedObject,
  range: { start: number; end: number },
  response: ServerResponse,
): Promise<void> {
  try {
    await pipeline(object.stream(range), response);
  } catch (error) {
    // Whoever asked has gone; half an answer cannot be mended.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({ message });
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(isWhole(request) ? {} : { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  if (isWhole(request)) return;
  const limit = setTimeout(() => request.destroy(), REFUSED_MS).unref();
  request.once('close', () => clearTimeout(limit));
  request.resume();
}

/** Whether nothing more of it comes. */
function isWhole({ complete, headers }: IncomingMessage): boolean {
  return complete || (headers['transfer-encoding'] === undefined && !Number(headers['content-length']));
}
