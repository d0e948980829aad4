import { afterEach, describe, expect, it } from '@jest/globals';
import { Counter, Registry } from 'prom-client';
import { startAdminServer, type AdminServer, type AdminServerOptions } from './admin-server.js';

let server: AdminServer | null = null;
afterEach(() => server?.close());

async function start(options: Partial<AdminServerOptions> = {}): Promise<void> {
  server = await startAdminServer({
    host: '127.0.0.1',
    port: 0,
    registry: new Registry(),
    checks: {},
    ...options,
  });
}

async function get(path: string): Promise<{ status: number; type: string | null; body: string }> {
  const response = await fetch(`${server?.url}${path}`);
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

const readyz = async () => {
  const { status, body } = await get('/readyz');
  return { status, body: JSON.parse(body) as unknown };
};

describe('the admin port', () => {
  it('says that the process lives, whatever the checks say', async () => {
    await start({ checks: { database: () => false } });
    expect(await get('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
  });

  it('turns unready with 503 while a check fails, however it fails, and ready again', async () => {
    let database: () => Promise<boolean> | boolean = () => true;
    await start({ checks: { database: () => database(), other: () => true }, checkTimeout: 50 });
    const ready = { status: 200, body: { ready: true, checks: { database: true, other: true } } };
    const unready = { status: 503, body: { ready: false, checks: { database: false, other: true } } };
    expect(await readyz()).toEqual(ready);
    const failures: (typeof database)[] = [
      () => false,
      () => Promise.reject(new Error('connection refused')),
      () => {
        throw new Error('no client');
      },
      () => new Promise(() => undefined),
    ];
    for (const failure of failures) {
      database = failure;
      expect(await readyz()).toEqual(unready);
      database = () => Promise.resolve(true);
      expect(await readyz()).toEqual(ready);
    }
  });

  it('tells the metrics in the format of Prometheus', async () => {
    const registry = new Registry();
    new Counter({ name: 'messages_total', help: 'Messages', registers: [registry] }).inc(3);
    await start({ registry });
    const metrics = await get('/metrics');
    expect(metrics).toMatchObject({ status: 200, type: registry.contentType });
    expect(metrics.body).toMatch(/^messages_total 3$/m);
  });

  it('answers 500 where a metric cannot be collected, and goes on', async () => {
    const registry = new Registry();
    new Counter({
      name: 'broken_total',
      help: 'Broken',
      registers: [registry],
      collect: () => Promise.reject(new Error('no')),
    });
    await start({ registry });
    expect((await get('/metrics')).status).toBe(500);
    expect((await get('/healthz')).status).toBe(200);
  });

  it('names its paths to whoever asks for another', async () => {
    await start();
    expect(await get('/')).toMatchObject({ status: 404, body: '/healthz, /readyz or /metrics\n' });
  });
});
