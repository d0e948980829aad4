import { Pool } from 'undici';
import { traceHeaders } from '../telemetry/tracing.js';

export interface InstancesOptions {
  /** Sockets kept to each instance. */
  connections?: number;
  /** For the whole answer, ms. */
  timeout?: number;
}

export interface InstanceRequest {
  path: string;
  body: string;
  headers: Record<string, string>;
  signal?: AbortSignal;
  /** Whether it may run twice: then another instance is asked also where the first may have done it. */
  mayRepeat: boolean;
}

export interface InstanceAnswer {
  status: number;
  text: string;
}

interface Instance {
  pool: Pool;
  /** Not asked before then, unless all others are away for longer. */
  awayUntil: number;
}

/** For how long an instance that refused a connection or a request is passed over, and one that did not answer, ms. */
const [AWAY_MS, SILENT_MS] = [1_000, 5_000];

/**
 * The instances of one subgraph over HTTP/1.1 on sockets that are kept, asked in turn. A request that cannot have reached
 * one (no connection, or a 503, with which a subgraph refuses before it begins) goes to the next.
 */
export class Instances {
  private readonly all: Instance[];
  private turn = 0;

  /** `origins`: http://host:port, one at least. */
  constructor(origins: readonly string[], options: InstancesOptions = {}) {
    const timeout = options.timeout ?? 10_000;
    this.all = origins.map((origin) => ({
      pool: new Pool(origin, {
        connections: options.connections ?? 64,
        pipelining: 1,
        keepAliveTimeout: 30_000,
        connectTimeout: 2_000,
        headersTimeout: timeout,
        bodyTimeout: timeout,
      }),
      awayUntil: 0,
    }));
  }

  /** Rejects with what the last instance that was asked did. A 503 is an answer only where every instance gave it. */
  async post(request: InstanceRequest): Promise<InstanceAnswer> {
    let refusal: InstanceAnswer | null = null;
    let failure: unknown;
    for (const instance of this.inTurn(request.mayRepeat)) {
      try {
        const answer = await ask(instance, request);
        if (answer.status !== 503) return answer;
        refusal = answer;
        instance.awayUntil = Date.now() + AWAY_MS;
      } catch (error) {
        failure = error;
        const [neverArrived, isSilent] = [isUnconnected(error), isLate(error)];
        if (neverArrived) instance.awayUntil = Date.now() + AWAY_MS;
        if (isSilent) instance.awayUntil = Date.now() + SILENT_MS;
        if (request.signal?.aborted || isSilent || !(neverArrived || request.mayRepeat)) throw error;
      }
    }
    if (refusal) return refusal;
    throw failure;
  }

  /** Whether one of them says that it can take requests. */
  async isReady(): Promise<boolean> {
    const answers = this.all.map(async ({ pool }) => {
      const { statusCode, body } = await pool.request({ path: '/readyz', method: 'GET' });
      await body.dump();
      if (statusCode !== 200) throw new Error('not ready');
      return true;
    });
    return Promise.any(answers).catch(() => false);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(({ pool }) => pool.close()));
  }

  /**
   * Each once, those that are away last, the latest of them at the end; where it may run twice, the first once more: a kept
   * socket may have been stale.
   */
  private inTurn(mayRepeat: boolean): Instance[] {
    this.turn = (this.turn + 1) % this.all.length;
    const turned = [...this.all.slice(this.turn), ...this.all.slice(0, this.turn)];
    const now = Date.now();
    const away = ({ awayUntil }: Instance) => Math.max(0, awayUntil - now);
    const ordered = turned.sort((one, other) => away(one) - away(other));
    return mayRepeat ? [...ordered, ...ordered.slice(0, 1)] : ordered;
  }
}

async function ask({ pool }: Instance, { path, headers, body, signal }: InstanceRequest): Promise<InstanceAnswer> {
  const response = await pool.request({
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...traceHeaders(), ...headers },
    body,
    signal,
  });
  return { status: response.statusCode, text: await response.body.text() };
}

/** Whether there was no connection, so that nothing was sent. */
function isUnconnected(error: unknown): boolean {
  const { code, syscall, errors } = error as { code?: string; syscall?: string; errors?: unknown[] };
  if (Array.isArray(errors)) return errors.length > 0 && errors.every(isUnconnected);
  return syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT';
}

/** Whoever asks has waited long enough. */
function isLate(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT';
}
