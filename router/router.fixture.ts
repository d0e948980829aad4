import { Registry } from 'prom-client';
import { silentLog, type Log } from '../platform/telemetry/log.js';
import { Authenticator } from '../platform/auth/authenticator.js';
import type { Gateway } from './gateway.js';
import { DEFAULT_LIMITS, OperationLimits, type Limits } from './limits.js';
import type { LiveStreams } from './live-streams.js';
import { EmbeddedRateLimiter } from '../platform/rate-limit/embedded.js';
import { Limits as RateLimits } from '../platform/rate-limit/limits.js';
import type { Rules } from '../platform/rate-limit/rules.js';
import { Operations } from './operations.js';
import type { TrustedDocuments } from './trusted-documents.js';
import { startRouterServer, type RouterServer, type RouterServerOptions } from './server.js';
import { openSmallGateway } from './small-supergraph.fixture.js';
import { Sockets, type DeviceWatch, type SocketTiming } from './sockets.js';
import { ServerSentEvents } from './sse.js';

export interface SmallRouter {
  url: string;
  gateway: Gateway;
  operations: Operations;
  sockets: Sockets;
  events: ServerSentEvents;
  signedOut: Set<string>;
  close(): Promise<void>;
}

const noStreams: LiveStreams = { subscribe: () => Promise.resolve([]) };

/** A whole router on the small supergraph. Tokens are `<user>.<device>`. */
export async function startSmallRouter(
  options: Partial<RouterServerOptions> & {
    streams?: LiveStreams;
    limits?: Limits;
    /** None unless told. */
    rateLimits?: Rules;
    introspectionForAnonymous?: boolean;
    trustedDocuments?: TrustedDocuments;
    maxSockets?: number;
    timing?: SocketTiming;
    devices?: DeviceWatch;
    log?: Log;
    /** What the field `slow` waits for. */
    slow?: () => Promise<string>;
  } = {},
): Promise<SmallRouter> {
  const { streams = noStreams, limits = DEFAULT_LIMITS, introspectionForAnonymous = true, log = silentLog() } = options;
  const gateway = await openSmallGateway(log, options.slow);
  const operations = new Operations(
    gateway,
    new OperationLimits(gateway.schema, gateway.supergraph, limits),
    new RateLimits(new EmbeddedRateLimiter(), options.rateLimits ?? null, log),
    { introspectionForAnonymous, trustedDocuments: options.trustedDocuments },
  );
  const signedOut = new Set<string>();
  const authenticator = new Authenticator(
    {
      verify: (token) => {
        const [userId = '', deviceId] = token.split('.');
        return Promise.resolve(
          deviceId ? { userId, deviceId, expiresAt: Date.now() + 1_000, isNewcomer: false } : null,
        );
      },
    },
    { check: (deviceId) => Promise.resolve(!signedOut.has(deviceId)) },
  );
  const sockets = new Sockets({
    operations,
    authenticator,
    streams,
    registry: new Registry(),
    log,
    allowedOrigins: options.allowedOrigins ?? [],
    trustProxy: false,
    maxSockets: options.maxSockets ?? 1_000,
    timing: options.timing,
    devices: options.devices,
    partners: options.partners,
  });
  const events = new ServerSentEvents(streams);
  const server: RouterServer = await startRouterServer({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    operations,
    authenticator,
    sockets,
    events,
    log,
    allowedOrigins: options.allowedOrigins ?? [],
    trustProxy: false,
    rateLimits: options.rateLimits ?? null,
    routes: options.routes,
    maxInFlight: options.maxInFlight ?? 100,
    webApp: options.webApp ?? null,
    partners: options.partners,
    mediaOrigin: options.mediaOrigin,
  });
  return {
    url: server.url,
    gateway,
    operations,
    sockets,
    events,
    signedOut,
    close: async () => {
      await server.close();
      await gateway.close();
    },
  };
}
