import { RemoteGraphQLDataSource, type GraphQLDataSource } from '@apollo/gateway';
import type { Caller } from '../../platform/auth/caller.js';
import { VIEWER_HEADER, ViewerTokens } from '../../platform/auth/viewer-token.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { HttpDataSource } from '../../router/data-source.js';
import { Gateway } from '../../router/gateway.js';
import { answer } from '../helper.js';
import { stubSupergraph, tenMessages } from '../stub-subgraphs.js';

export interface GatewayTask {
  source: 'ours' | 'default';
  /** By subgraph. */
  urls: Record<string, string>;
  viewerSecret: string;
  inFlight: number;
  ms: number;
}
export interface GatewayResult {
  requests: number;
  seconds: number;
}

/** A router's gateway over HTTP subgraphs, asked directly, so that nothing but the data source differs. */
answer({
  async run({ source, urls, viewerSecret, inFlight, ms }: GatewayTask): Promise<GatewayResult> {
    const viewerTokens = new ViewerTokens(Buffer.from(viewerSecret));
    const caller: Caller = { kind: 'hub', startedAt: Date.now() };
    const token = viewerTokens.sign(caller);
    const sources = Object.entries(urls).map(([name, url]): [string, GraphQLDataSource] => [
      name,
      source === 'ours'
        ? new HttpDataSource({ url, viewerTokens })
        : new RemoteGraphQLDataSource({
            url,
            willSendRequest: ({ request }) => void request.http?.headers.set(VIEWER_HEADER, token),
          }),
    ]);
    const gateway = await Gateway.open({ supergraphSdl: stubSupergraph(), sources: Object.fromEntries(sources), log: silentLog() });
    const prepared = gateway.prepare(tenMessages, null);
    if (!('document' in prepared)) throw new Error(String(prepared[0]));
    let requests = 0;
    const one = async () => {
      const { data } = await gateway.execute(prepared, {}, caller);
      const messages = data?.messages as { sender: { displayName: string } }[] | undefined;
      if (messages?.[9]?.sender.displayName !== 'Person usr_4') throw new Error(`a wrong answer: ${JSON.stringify(data)}`);
      requests++;
    };
    await one();
    requests = 0;
    const startedAt = performance.now();
    const until = startedAt + ms;
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (performance.now() < until) await one();
      }),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    await gateway.close();
    return { requests, seconds };
  },
});
