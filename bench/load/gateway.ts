import { RemoteGraphQLDataSource, type GraphQLDataSource } from '@apollo/gateway';
import type { Caller } from '../../platform/auth/caller.js';
import { VIEWER_HEADER, ViewerTokens } from '../../platform/auth/viewer-token.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { HttpDataSource } from '../../router/data-source.js';
import { Gateway } from '../../router/gateway.js';
import type { PreparedOperation } from '../../router/documents.js';
import { answer } from '../helper.js';
import { stubSupergraph, tenMessages } from '../stub-subgraphs.js';

export interface GatewayTask {
  source: 'ours' | 'default';
  /** By subgraph. */
  urls: Record<string, string>;
  viewerSecret: string;
}
export interface GatewayResult {
  requests: number;
  seconds: number;
}

const caller: Caller = { kind: 'hub', startedAt: Date.now() };
let ask: () => Promise<void>;

/** A router's gateway over HTTP subgraphs, asked directly, so that nothing but the data source differs. */
answer({
  async open(task: GatewayTask): Promise<void> {
    const sources = Object.keys(task.urls).map((name): [string, GraphQLDataSource] => [name, sourceOf(name, task)]);
    const gateway = await Gateway.open({
      supergraphSdl: stubSupergraph(),
      sources: Object.fromEntries(sources),
      log: silentLog(),
    });
    const prepared = gateway.prepare(tenMessages, null) as PreparedOperation;
    ask = async () => {
      const { data, errors } = await gateway.execute(prepared, {}, caller);
      const messages = data?.messages as { sender: { displayName: string } }[] | undefined;
      if (messages?.[9]?.sender.displayName !== 'Person usr_4')
        throw new Error(`a wrong answer: ${JSON.stringify({ data, errors })}`);
    };
  },
  async run({ inFlight, ms }: { inFlight: number; ms: number }): Promise<GatewayResult> {
    let requests = 0;
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        for (; performance.now() < startedAt + ms; requests++) await ask();
      }),
    );
    return { requests, seconds: (performance.now() - startedAt) / 1000 };
  },
});

function sourceOf(name: string, { source, urls, viewerSecret }: GatewayTask): GraphQLDataSource {
  const url = urls[name]!;
  const viewerTokens = new ViewerTokens(Buffer.from(viewerSecret));
  if (source === 'ours') return new HttpDataSource({ url, viewerTokens });
  // The subgraphs ask who it is for: one token for the run would expire.
  return new RemoteGraphQLDataSource({
    url,
    willSendRequest: ({ request }) => void request.http?.headers.set(VIEWER_HEADER, viewerTokens.sign(caller)),
  });
}
