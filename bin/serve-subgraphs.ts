import type { Config } from '../platform/config/config.js';
import { explainListenError } from '../platform/config/start-error.js';
import type { Subgraph } from '../platform/subgraph/subgraph.js';
import type { Log } from '../platform/telemetry/log.js';
import type { Adapters } from './adapters.js';
import type { Opened } from './opened.js';
import type { Peers } from './peers.js';

export interface ServeContext {
  config: Config;
  adapters: Adapters;
  peers: Peers;
  opened: Opened;
  log: Log;
  /** All of them must be fine for a subgraph to take traffic. */
  checks: Record<string, () => Promise<boolean>>;
}

/** Serves subgraphs of this process to routers and other processes, each on a port of its own. Returns their URLs. */
export async function serveSubgraphs(
  subgraphs: readonly Subgraph[],
  context: ServeContext,
): Promise<Map<string, string>> {
  const urls = new Map<string, string>();
  if (subgraphs.length === 0) return urls;
  const { serveSubgraph } = await import('../platform/subgraph/serve.js');
  const { config, adapters, peers, opened, log, checks } = context;
  const [viewerTokens, serviceTokens] = await Promise.all([adapters.viewerTokens(), adapters.serviceTokens()]);
  const isReady = async () => (await Promise.all(Object.values(checks).map((check) => check()))).every(Boolean);
  for (const subgraph of subgraphs) {
    const port = portOf(config, subgraph.name, subgraphs.length);
    const server = await serveSubgraph(subgraph, {
      host: config.host,
      port: port.number,
      viewerTokens,
      log,
      isReady,
      internal: { calls: peers.callsOf(subgraph.name), serviceTokens },
      maxInFlight: config.limits.inFlight,
    }).catch((error: unknown) => {
      throw explainListenError(error, port.variable, config.host, port.number);
    });
    opened.add(server, (each) => each.close());
    urls.set(subgraph.name, server.url);
  }
  return urls;
}

function portOf({ subgraphs }: Config, name: string, served: number): { number: number; variable: string } {
  if (served === 1 && subgraphs.port !== null) return { number: subgraphs.port, variable: 'PARLEY_SUBGRAPH_PORT' };
  return { number: subgraphs.ports.get(name) ?? 0, variable: 'PARLEY_SUBGRAPH_PORTS' };
}
