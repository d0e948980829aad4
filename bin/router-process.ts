import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DocumentNode, ExecutionResult } from 'graphql';
import type { Registry } from 'prom-client';
import type { Caller } from '../platform/auth/caller.js';
import { SignedInDevices } from '../platform/auth/devices.js';
import type { Config } from '../platform/config/config.js';
import { packageRoot } from '../platform/config/package-root.js';
import { storeOrigin } from '../platform/config/s3.js';
import { explainListenError, StartError } from '../platform/config/start-error.js';
import { executeOn } from '../platform/subgraph/execute.js';
import type { Instances } from '../platform/subgraph/instances.js';
import type { Subgraph } from '../platform/subgraph/subgraph.js';
import type { Log } from '../platform/telemetry/log.js';
import { ApiKeyAuthenticator } from '../platform/auth/api-key-authenticator.js';
import { Authenticator } from '../platform/auth/authenticator.js';
import { HttpDataSource, InProcessDataSource } from '../router/data-source.js';
import { Gateway } from '../router/gateway.js';
import { perViewerFields } from '../router/hub/document.js';
import { Hub } from '../router/hub/hub.js';
import { OperationLimits } from '../router/limits.js';
import { LivePlan } from '../router/live-plan.js';
import { Operations } from '../router/operations.js';
import { PartnerSurface } from '../router/partner/partner-surface.js';
import type { Route } from '../router/routes.js';
import { startRouterServer, type RouterServer } from '../router/server.js';
import { Sockets } from '../router/sockets.js';
import { TrustedDocuments } from '../router/trusted-documents.js';
import { unsubscribeRoute } from '../router/unsubscribe.js';
import { ServerSentEvents } from '../router/sse.js';
import { readSupergraph, watchSupergraph } from '../router/supergraph-source.js';
import { readWebApp } from '../router/web-app.js';
import * as internal from '../schema/internal.js';
import { channels, type Revocation } from '../schema/live.js';
import type { Adapters } from './adapters.js';
import type { Opened } from './opened.js';
import type { Peers } from './peers.js';
import { subgraphNames } from './processes.js';

export interface RouterProcess {
  config: Config;
  adapters: Adapters;
  peers: Peers;
  opened: Opened;
  log: Log;
  registry: Registry;
  /** Those that run in this process; the others are asked over HTTP. */
  subgraphs: readonly Subgraph[];
  instancesOf: (subgraph: string) => Instances;
  /** Whether nothing runs elsewhere: only then is there an object store of its own to serve. */
  isWhole: boolean;
  /** Over how long sockets are told to go elsewhere when the router stops, ms: not all at once where others take them over. */
  drainMs: number;
}

type Source = InProcessDataSource | HttpDataSource;

/** Opens the router: /graphql for HTTP, SSE, sockets and the explorer, /partner/graphql, and the web app. */
export async function openRouter(context: RouterProcess): Promise<RouterServer> {
  const { config, adapters, peers, opened, log, registry } = context;
  const [pubsub, ephemeral, limits] = await Promise.all([adapters.pubsub(), adapters.ephemeral(), adapters.limits()]);
  const people = peers.of(internal.people);
  const devices = opened.add(
    await SignedInDevices.open({ ephemeral, pubsub, load: (ids) => peers.of(internal.signedIn).among(ids) }),
    (each) => each.close(),
  );
  const sources = await openSources(context);
  const source = config.supergraph ?? join(packageRoot, 'schema', 'supergraph.graphql');
  const supergraphSdl = await readFirst(source);
  const isValidated = config.supergraph === null;
  const gateway = await Gateway.open({ supergraphSdl, isValidated, sources, log }).catch((error: unknown) => {
    if (isValidated) throw error;
    throw new StartError(`The supergraph of PARLEY_SUPERGRAPH is of no use: ${(error as Error).message}`, {
      cause: error,
    });
  });
  const limitsOf = ({ schema, supergraph }: Gateway) => new OperationLimits(schema, supergraph, config.limits);
  const operations = new Operations(gateway, limitsOf(gateway), limits, {
    introspectionForAnonymous: config.introspection === 'always',
    trustedDocuments: config.trustedDocuments.length > 0 ? await TrustedDocuments.read(config.trustedDocuments) : null,
  });
  opened.add(operations, (each) => each.gateway.close());
  const partnerOperations = new Operations(gateway, limitsOf(gateway), limits, {
    introspectionForAnonymous: false,
    surface: new PartnerSurface(),
  });
  const routerId = randomUUID();
  const hub = opened.add(
    new Hub({
      routerId,
      schema: gateway.schema,
      perViewer: perViewerFields(gateway.supergraph),
      planOf: plansOn(() => operations.gateway),
      runEvent: runEvents(context, sources),
      conversations: peers.of(internal.conversationFeed),
      inboxes: peers.of(internal.inboxFeed),
      presence: peers.of(internal.presenceFeed),
      typing: peers.of(internal.typingFeed),
      media: peers.of(internal.mediaFeed),
      pubsub,
      ephemeral,
      isSignedIn: (deviceId) => devices.check(deviceId),
      hidesReads: async (userIds) => {
        const privacy = await people.privacy(userIds);
        return new Set(userIds.filter((id) => privacy.get(id)?.readReceipts === false));
      },
      registry,
      log,
    }),
    (each) => each.stop(),
  );
  await hub.start();
  if (config.supergraph !== null) {
    const use = async (text: string) => {
      const before = operations.gateway;
      const next = await Gateway.open({ supergraphSdl: text, sources, log });
      operations.replace(next, limitsOf(next));
      partnerOperations.replace(next, limitsOf(next));
      hub.replaceSchema(next.schema, perViewerFields(next.supergraph));
      await before.close();
    };
    opened.add(watchSupergraph({ source, current: supergraphSdl, use, log }), (stop) => stop());
  }

  const authenticator = new Authenticator(await adapters.accessTokens(), devices);
  const { allowedOrigins, trustProxy } = config;
  const partners = {
    operations: partnerOperations,
    authenticator: new ApiKeyAuthenticator(peers.of(internal.apiKeys), devices, limits),
  };
  const shared = { operations, authenticator, partners, log, allowedOrigins, trustProxy };
  const deviceSockets = peers.of(internal.deviceSockets);
  const sockets = new Sockets({
    ...shared,
    streams: hub,
    registry,
    maxSockets: config.limits.sockets,
    devices: {
      lives: (person) => deviceSockets.socketLives(person, routerId),
      gone: (person) => deviceSockets.socketsGone(person, routerId),
    },
  });
  const events = new ServerSentEvents(hub);
  await pubsub.subscribe(
    channels.revocations,
    (message) => {
      for (const deviceId of (JSON.parse(message) as Revocation).deviceIds) {
        sockets.closeDevice(deviceId);
        events.closeDevice(deviceId);
      }
    },
    () => undefined,
  );
  const { host, port } = config;
  return opened.add(
    await startRouterServer({
      ...shared,
      host,
      port,
      tls: config.tls,
      sockets,
      events,
      rateLimits: config.rateLimits,
      maxInFlight: config.limits.inFlight,
      webApp: await readWebApp(join(packageRoot, 'web', 'dist')),
      mediaOrigin: config.s3 && storeOrigin(config.s3),
      routes: [
        ...(context.isWhole ? await objectRoutes(adapters) : []),
        unsubscribeRoute(await adapters.unsubscribeTokens(), () => peers.of(internal.mailPreferences)),
      ],
    }).catch((error: unknown) => {
      throw explainListenError(error, 'PARLEY_PORT', host, port);
    }),
    (each) => each.close(context.drainMs),
  );
}

async function objectRoutes(adapters: Adapters): Promise<Route[]> {
  const store = await adapters.embeddedObjects();
  if (!store) return [];
  const { serveObjects } = await import('../platform/object-store/serve-objects.js');
  const { OBJECTS_PATH: prefix } = await import('../platform/object-store/local-links.js');
  return [{ prefix, methods: ['GET', 'HEAD', 'PUT'], headers: ['content-type', 'range'], handle: serveObjects(store) }];
}

async function readFirst(source: string): Promise<string> {
  try {
    return await readSupergraph(source);
  } catch (error) {
    throw new StartError(`PARLEY_SUPERGRAPH names ${source}, which cannot be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/** A stream keeps the supergraph that it began with. */
function plansOn(current: () => Gateway) {
  const gateways = new WeakMap<DocumentNode, Gateway>();
  return (document: DocumentNode, operationName: string | null): LivePlan => {
    const gateway = gateways.get(document) ?? current();
    gateways.set(document, gateway);
    return LivePlan.create(gateway, document, operationName);
  };
}

async function openSources(context: RouterProcess): Promise<Record<string, Source>> {
  const { config, adapters, subgraphs, instancesOf, log } = context;
  const sources: Record<string, Source> = {};
  for (const subgraph of subgraphs) sources[subgraph.name] = new InProcessDataSource(subgraph, log);
  // A supergraph may have more subgraphs than Parley's own.
  for (const name of new Set([...subgraphNames, ...config.subgraphs.urls.keys()]))
    sources[name] ??= new HttpDataSource({ url: instancesOf(name), viewerTokens: await adapters.viewerTokens() });
  return sources;
}

type RunEvent = (
  name: string,
  request: { query: string; variables: Record<string, unknown>; operationName?: string },
  caller: Caller,
  rootValue: object,
) => Promise<ExecutionResult>;

function runEvents({ subgraphs, log }: RouterProcess, sources: Record<string, Source>): RunEvent {
  return (name, request, caller, rootValue) => {
    const subgraph = subgraphs.find((each) => each.name === name);
    if (subgraph) return executeOn(subgraph, request, caller, rootValue, log);
    const source = sources[name];
    if (source instanceof HttpDataSource) return source.runEvent(request, caller, rootValue);
    throw new Error(`the supergraph has a subscription of ${name}, which is no subgraph of Parley`);
  };
}
