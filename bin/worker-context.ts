import type { Registry } from 'prom-client';
import type { Config } from '../platform/config/config.js';
import type { Log } from '../platform/telemetry/log.js';
import type { Adapters } from './adapters.js';
import type { Opened } from './opened.js';
import type { Peers } from './peers.js';

/** What workers of this process are made of. */
export interface WorkerContext {
  config: Config;
  adapters: Adapters;
  peers: Peers;
  opened: Opened;
  log: Log;
  registry: Registry;
  /** Where people reach Parley, without a slash at the end. */
  publicUrl: () => string;
}
