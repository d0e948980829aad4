import { Authenticator } from '../platform/auth/authenticator.js';
import { SubgraphCallers } from '../platform/auth/subgraph-callers.js';
import type { Config } from '../platform/config/config.js';
import { explainListenError } from '../platform/config/start-error.js';
import type { Subgraph } from '../platform/subgraph/subgraph.js';
import type { Log } from '../platform/telemetry/log.js';
import * as internal from '../schema/internal.js';
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
  const [pubsub, callers] = [await adapters.pubsub(), await callersFor(context)];
  const isReady = async () => (await Promise.all(Object.values(checks).map((check) => check()))).every(Boolean);
  for (const subgraph of subgraphs) {
    const port = portOf(config, subgraph.name, subgraphs.length);
    const server = await serveSubgraph(subgraph, {
      host: config.host,
      port: port.number,
      tls: config.tls,
      viewerTokens,
      callers,
      sockets: { pubsub, max: config.limits.sockets },
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

/** Whom subgraphs act for: those of viewer tokens, and, where that is on, those of access tokens. */
async function callersFor({ config, adapters, peers, opened }: ServeContext): Promise<SubgraphCallers> {
  const { SignedInDevices } = await import('../platform/auth/devices.js');
  const [ephemeral, pubsub] = await Promise.all([adapters.ephemeral(), adapters.pubsub()]);
  const devices = opened.add(
    await SignedInDevices.open({ ephemeral, pubsub, load: (ids) => peers.of(internal.signedIn).among(ids) }),
    (each) => each.close(),
  );
  const authenticator = config.subgraphs.takeAccessTokens
    ? new Authenticator(await adapters.accessTokens(), devices)
    : null;
  return new SubgraphCallers(await adapters.viewerTokens(), devices, authenticator);
}

function portOf({ subgraphs }: Config, name: string, served: number): { number: number; variable: string } {
  if (served === 1 && subgraphs.port !== null) return { number: subgraphs.port, variable: 'PARLEY_SUBGRAPH_PORT' };
  return { number: subgraphs.ports.get(name) ?? 0, variable: 'PARLEY_SUBGRAPH_PORTS' };
}
