import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** A file of the web app, with the forms of it that lie beside it. */
interface WebFile {
  path: string;
  type: string;
  /** In bytes, by content-encoding; identity is always there. */
  sizes: Map<Encoding, number>;
  /** Null where the name changes with the content. */
  etag: string | null;
}
type Encoding = 'br' | 'gzip' | 'identity';

const suffixes: Record<Encoding, string> = { br: '.br', gzip: '.gz', identity: '' };
const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

/** At the root, so that it is of all pages. What it may fetch is said with it, not with a page. */
const SERVICE_WORKER = '/service-worker.js';
const workerPolicy = "default-src 'none'; connect-src 'self'; img-src 'self'";

/** The files of the web app, as `npm run setup` made them. */
export interface WebApp {
  files: ReadonlyMap<string, WebFile>;
  index: WebFile;
}

/** Null where it was not built. */
export async function readWebApp(folder: string): Promise<WebApp | null> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = new Map<string, WebFile>();
  for (const name of names) {
    const type = types[extname(name)];
    if (type) files.set(`/${name.split(sep).join('/')}`, await describe(folder, join(folder, name), type));
  }
  const index = files.get('/index.html');
  return index ? { files, index } : null;
}

async function describe(folder: string, path: string, type: string): Promise<WebFile> {
  const sizes = new Map<Encoding, number>();
  for (const [encoding, suffix] of Object.entries(suffixes)) {
    const size = await stat(path + suffix).then(
      (found) => found.size,
      () => null,
    );
    if (size !== null) sizes.set(encoding as Encoding, size);
  }
  const isNamedByContent = relative(folder, path).startsWith(`assets${sep}`);
  const etag = isNamedByContent
    ? null
    : `"${createHash('sha256')
        .update(await readFile(path))
        .digest('base64url')
        .slice(0, 22)}"`;
  return { path, type, sizes, etag };
}

/**
 * Serves the web app: its files by their names, and its page for every other address that a browser opens. `elsewhere` are
 * the origins that it may load media from and send them to, besides this router.
 */
export function serveWebApp(
  app: FastifyInstance,
  { files, index }: WebApp,
  elsewhere: readonly string[],
  notFound: (reply: FastifyReply) => FastifyReply,
): void {
  const policy = policyFor(elsewhere);
  app.get('/*', (request, reply) => {
    const { pathname } = new URL(request.url, 'http://parley');
    const file = files.get(pathname);
    if (pathname === SERVICE_WORKER) void reply.header('content-security-policy', workerPolicy);
    if (file && file !== index) return send(request, reply, file);
    // An asset that is gone is not the page: a browser would try to run it.
    const isPage = pathname === '/' || (acceptsPage(request) && !pathname.startsWith('/assets/'));
    if (!isPage) return notFound(reply);
    void reply
      .header('content-security-policy', policy)
      .header('permissions-policy', 'camera=(), geolocation=(), microphone=(self)')
      .header('cross-origin-opener-policy', 'same-origin');
    return send(request, reply, index);
  });
}

/** As browsers say where they go to a page; not what `fetch` says by itself. */
function acceptsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

function send(request: FastifyRequest, reply: FastifyReply, file: WebFile): FastifyReply {
  const { path, type, sizes, etag } = file;
  void reply
    .type(type)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('vary', 'accept-encoding');
  if (etag === null) void reply.header('cache-control', 'public, max-age=31536000, immutable');
  else {
    void reply.header('cache-control', 'no-cache').header('etag', etag);
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  }
  const encoding = encodingFor(request, sizes);
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  void reply.header('content-length', sizes.get(encoding));
  if (request.method === 'HEAD') return reply.send();
  return reply.send(createReadStream(path + suffixes[encoding]));
}

function encodingFor({ headers }: FastifyRequest, sizes: WebFile['sizes']): Encoding {
  const accepted = String(headers['accept-encoding'] ?? '');
  for (const encoding of ['br', 'gzip'] as const)
    if (sizes.has(encoding) && new RegExp(`\\b${encoding}\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`).test(accepted))
      return encoding;
  return 'identity';
}

/** Scripts from this router alone. Styles may stand in the page, because components place what they show by them. */
function policyFor(elsewhere: readonly string[]): string {
  const media = ["'self'", ...elsewhere].join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    `img-src ${media} data: blob:`,
    `media-src ${media} blob:`,
    `connect-src ${media}`,
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}
