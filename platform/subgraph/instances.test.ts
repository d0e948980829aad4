import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { Instances } from './instances.js';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** Its origin, and how often it was asked. */
async function serve(answer: string | null): Promise<{ origin: string; asked: () => number }> {
  let count = 0;
  const server: Server = createServer((_request, response) => {
    count++;
    if (answer !== null) response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => (server.closeAllConnections(), server.close()) });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => count };
}

test('one that does not answer keeps one request waiting, and is passed over by those after it', async () => {
  const [silent, other] = [await serve(null), await serve('ok')];
  const instances = new Instances([silent.origin, other.origin], { timeout: 300 });
  open.push(instances);
  const request = { path: '/', body: '{}', headers: {}, mayRepeat: false };
  const answers = [];
  for (let i = 0; i < 8; i++)
    answers.push(
      await instances.post(request).then(
        ({ text }) => text,
        () => 'late',
      ),
    );
  expect(silent.asked()).toBe(1);
  expect(answers.filter((answer) => answer === 'late')).toHaveLength(1);
  expect(other.asked()).toBe(7);
});
