import { test } from '@jest/globals';
import { spawn, execSync } from 'node:child_process';
import { openTestDatabases } from '/tmp/users-pg-testing.ts';
import { isUnavailable } from '../../platform/database/unavailable.js';
test('kill', async () => {
  const { directory: d } = await openTestDatabases() as any;
  await d.user.findFirst();
  const seen = new Map<string, number>();
  let stop = false, ok = 0;
  const note = (e: any) => { const k = `${isUnavailable(e)} ${e.constructor?.name} code=${e.code} msg=${String(e.message).replace(/\s+/g,' ').slice(-110)} cause=${JSON.stringify(e.meta?.driverAdapterError?.cause ?? e.cause ?? null)?.slice(0,200)}`; seen.set(k, (seen.get(k) ?? 0) + 1); };
  const kinds = [() => d.user.findFirst(), () => d.$queryRaw`select pg_sleep(0.01)`, () => d.$transaction([d.user.findFirst(), d.device.findFirst()]), () => d.$transaction(async (tx: any) => { await tx.user.findFirst(); await tx.$queryRaw`select pg_sleep(0.02)`; return tx.device.findFirst(); }), () => d.outbox.create({ data: { topic: 'x', key: '01890000-0000-7000-8000-000000000000', payload: 'x' } })];
  const loops = kinds.flatMap((k) => [k, k, k]).map(async (k) => { while (!stop) { try { await k(); ok++; } catch (e) { note(e); await new Promise((r) => setTimeout(r, 5)); } } });
  const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));
  for (const sig of ['-QUIT', '-INT', '-KILL']) {
    await wait(500);
    execSync(`kill ${sig} $(head -1 /tmp/users-pg/data/postmaster.pid)`);
    await wait(800);
    const before = ok;
    spawn('su', ['postgres', '-s', '/bin/bash', '-c', 'exec /usr/local/bin/postgres -D /tmp/users-pg/data -p 54991 -k /tmp/users-pg -c fsync=off >>/tmp/users-pg/log 2>&1'], { detached: true, stdio: 'ignore' }).unref();
    await wait(2500);
    console.log(sig, 'ok after restart', ok - before);
  }
  stop = true; await Promise.all(loops);
  console.log([...seen].map(([k, n]) => n + ' ' + k).join('\n'));
  await d.$disconnect();
}, 60000);
