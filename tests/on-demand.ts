import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test run starts, and what test files are told of it. */
export interface Started {
  book: string;
  stop(): Promise<void>;
}

/** Starts it for the first test file that asks; all are told the same. Test files are processes of their own: they ask by HTTP. */
export async function startOnDemand(start: () => Promise<Started>): Promise<{ url: string; stop(): Promise<void> }> {
  let starting: Promise<Started> | null = null;
  const server = createServer((_request, response) => {
    starting ??= start();
    starting.then(
      ({ book }) => response.end(book),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await starting?.then(
        (started) => started.stop(),
        () => undefined,
      );
    },
  };
}

/** The book of what is started at such a URL. */
export async function askForBook(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
