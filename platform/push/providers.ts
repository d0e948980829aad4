import { LRUCache } from 'lru-cache';
import type { Registry } from 'prom-client';
import type { Log } from '../telemetry/log.js';
import { createBreaker, isHeldBack, type Breaker } from '../worker/breaker.js';
import type { Push, PushAddress, PushOutcome, PushProvider, PushSender } from './port.js';
import type { ProviderSender } from './provider-sender.js';
import { pushMetrics } from './push-metrics.js';
import { PushUnavailable } from './unavailable.js';

/** Absent: its keys were not given. */
export type Senders = { [P in PushProvider]?: ProviderSender<P> };

export interface ProvidersOptions {
  senders: Senders;
  log: Log;
  registry?: Registry;
  /** As of the breakers. */
  tryAfterMs?: number;
}

const TRY_AFTER_MS = 5_000;
/** Push services of browsers that are known by name; one that people made up shares nothing with them. */
const knownServices = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  'web.push.apple.com',
  'notify.windows.com',
];
const MOST_OTHER_SERVICES = 500;

/**
 * All providers behind their breakers: while one is out, the others go on, and a send to it fails at once. Each push
 * service of browsers counts as one of its own: whoever names a dead server as theirs puts out no other.
 */
export class Providers implements PushSender {
  private readonly metrics;
  private readonly breakers = new Map<string, Breaker>();
  private readonly otherBreakers = new LRUCache<string, Breaker>({ max: MOST_OTHER_SERVICES });

  constructor(private readonly options: ProvidersOptions) {
    this.metrics = pushMetrics(options.registry);
  }

  supports(provider: PushProvider): boolean {
    return this.options.senders[provider] !== undefined;
  }

  async send(address: PushAddress, push: Push): Promise<PushOutcome> {
    const { provider } = address;
    const sender = this.options.senders[provider] as ProviderSender<PushProvider> | undefined;
    if (!sender) return this.metrics.count(provider, { kind: 'refused', reason: 'off' });
    try {
      return this.metrics.count(provider, await this.breakerOf(address).call(() => sender.send(address, push)));
    } catch (error) {
      const fault = isHeldBack(error)
        ? new PushUnavailable('breaker', { retryAt: new Date(Date.now() + this.tryAfterMs), cause: error })
        : error;
      this.metrics.failed(provider, fault instanceof PushUnavailable ? fault.reason : 'error');
      throw fault;
    }
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.options.senders).map((sender) => sender.close()));
  }

  private get tryAfterMs(): number {
    return this.options.tryAfterMs ?? TRY_AFTER_MS;
  }

  private breakerOf(address: PushAddress): Breaker {
    if (address.provider !== 'WEB_PUSH') return this.keptBreaker(address.provider);
    const host = URL.canParse(address.endpoint) ? new URL(address.endpoint).hostname : '';
    const known = knownServices.find((service) => host === service || host.endsWith(`.${service}`));
    if (known) return this.keptBreaker(`WEB_PUSH ${known}`);
    const breaker = this.otherBreakers.get(host) ?? this.newBreaker('WEB_PUSH another service', undefined);
    this.otherBreakers.set(host, breaker);
    return breaker;
  }

  private keptBreaker(name: string): Breaker {
    const breaker = this.breakers.get(name) ?? this.newBreaker(name, this.options.registry);
    this.breakers.set(name, breaker);
    return breaker;
  }

  private newBreaker(name: string, registry: Registry | undefined): Breaker {
    return createBreaker({
      name: `push ${name}`,
      isFailure: (error) => error instanceof PushUnavailable && error.isOut,
      tryAfterMs: this.tryAfterMs,
      log: this.options.log,
      registry,
    });
  }
}
