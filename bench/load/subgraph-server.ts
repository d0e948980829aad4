import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VIEWER_HEADER, ViewerTokens } from '../../platform/auth/viewer-token.js';
import { executeOn, type SubgraphRequest } from '../../platform/subgraph/execute.js';
import { answer } from '../helper.js';
import { stubSubgraph, type StubName } from '../stub-subgraphs.js';

answer({
  listen: async (viewerSecret: string): Promise<Record<string, string>> => {
    const tokens = new ViewerTokens(Buffer.from(viewerSecret));
    const names: StubName[] = ['messages', 'users'];
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await serveStub(name, tokens)] as const)));
  },
});

async function serveStub(name: StubName, tokens: ViewerTokens): Promise<string> {
  const subgraph = stubSubgraph(name);
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const caller = tokens.verify(String(request.headers[VIEWER_HEADER]));
      if (!caller) return response.writeHead(401).end();
      void executeOn(subgraph, JSON.parse(body) as SubgraphRequest, caller).then((result) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
