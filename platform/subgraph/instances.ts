import { Pool } from 'undici';
import { traceHeaders } from '../telemetry/tracing.js';
import { post, type PostAnswer, type PostRequest } from './post.js';

export interface InstancesOptions {
  /** Sockets kept to each instance. */
  connections?: number;
  /** For the whole answer, ms. */
  timeout?: number;
  /** After so long without an answer another instance is asked as well, where it may run twice, ms. */
  patience?: number;
}

export interface InstanceRequest extends PostRequest {
  /** Whether it may run twice: then another instance is asked also where the first may have done it. */
  mayRepeat: boolean;
}

/** The asking of one instance after the other, as far as it has come. */
interface Round {
  asked: Instance | null;
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
  private readonly patience: number;
  private turn = 0;

  /** `origins`: http://host:port, one at least. */
  constructor(origins: readonly string[], options: InstancesOptions = {}) {
    const timeout = options.timeout ?? 10_000;
    this.patience = options.patience ?? 2_000;
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
  post(request: InstanceRequest): Promise<PostAnswer> {
    const round: Round = { asked: null };
    const answer = this.askInTurn(request, round);
    return request.mayRepeat && this.all.length > 1 ? this.orOfAnother(answer, request, round) : answer;
  }

  private async askInTurn(request: InstanceRequest, round: Round): Promise<PostAnswer> {
    let refusal: PostAnswer | null = null;
    let failure: unknown;
    for (const instance of this.inTurn(request.mayRepeat)) {
      round.asked = instance;
      try {
        const answer = await ask(instance, request);
        if (answer.status !== 503) return answer;
        refusal = answer;
        passOver(instance, AWAY_MS);
      } catch (error) {
        failure = error;
        const [neverArrived, isSilent] = [isUnconnected(error), isLate(error)];
        if (neverArrived) passOver(instance, AWAY_MS);
        if (isSilent) passOver(instance, SILENT_MS);
        if (request.signal?.aborted || isSilent || !(neverArrived || request.mayRepeat)) throw error;
      }
    }
    if (refusal) return refusal;
    throw failure;
  }

  /** The answer, or that of another instance where that comes first: it is asked once the one whose turn it is was silent. */
  private async orOfAnother(answer: Promise<PostAnswer>, request: InstanceRequest, round: Round): Promise<PostAnswer> {
    if (!(await this.isSilent(answer)) || !round.asked) return answer;
    passOver(round.asked, SILENT_MS);
    const other = this.all.find(({ awayUntil }) => awayUntil <= Date.now());
    if (!other) return answer;
    const second = ask(other, request).then((given) => {
      if (given.status === 503) throw new Error('it refused');
      return given;
    });
    return Promise.any([answer, second]).catch(() => answer);
  }

  /** Whether it is still out when patience ends. Rejects as it does. */
  private async isSilent(answer: Promise<PostAnswer>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, this.patience, true);
    });
    try {
      return await Promise.race([answer.then(() => false), patience]);
    } finally {
      clearTimeout(timer);
    }
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

function passOver(instance: Instance, ms: number): void {
  instance.awayUntil = Date.now() + ms;
}

function ask({ pool }: Instance, request: InstanceRequest): Promise<PostAnswer> {
  return post(pool, { ...request, headers: { ...traceHeaders(), ...request.headers } });
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
