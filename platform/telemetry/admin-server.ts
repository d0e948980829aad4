import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface AdminServer {
  url: string;
  close(): Promise<void>;
}

export interface AdminServerOptions {
  host: string;
  /** 0: a free one. */
  port: number;
  registry: Registry;
  /**
   * By name, what must work for this process to take traffic: when it does not, it rejects, resolves with false, or does
   * not answer in time.
   */
  checks: Record<string, () => Promise<boolean> | boolean>;
  /** In ms. */
  checkTimeout?: number;
}

const CHECK_TIMEOUT = 3_000;

/** For operators: /healthz (the process lives), /readyz (it can take traffic), /metrics. Rejects where the port is taken. */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const { host, port, registry, checks, checkTimeout = CHECK_TIMEOUT } = options;
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    if (path === '/healthz') return answer(response, 200, 'text/plain; charset=utf-8', 'ok\n');
    if (path === '/readyz')
      return void readiness(checks, checkTimeout).then(({ status, body }) =>
        answer(response, status, 'application/json', body),
      );
    if (path === '/metrics')
      return void registry.metrics().then(
        (text) => answer(response, 200, registry.contentType, text),
        () => answer(response, 500, 'text/plain; charset=utf-8', 'the metrics could not be collected\n'),
      );
    answer(response, 404, 'text/plain; charset=utf-8', '/healthz, /readyz or /metrics\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readiness(
  checks: AdminServerOptions['checks'],
  timeout: number,
): Promise<{ status: number; body: string }> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await isFine(check, timeout)] as const),
  );
  const isReady = results.every(([, fine]) => fine);
  return {
    status: isReady ? 200 : 503,
    body: `${JSON.stringify({ ready: isReady, checks: Object.fromEntries(results) })}\n`,
  };
}

async function isFine(check: () => Promise<boolean> | boolean, timeout: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeout);
  });
  try {
    return await Promise.race([check(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
