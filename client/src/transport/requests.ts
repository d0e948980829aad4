import { delayOf, type Backoff } from '../backoff.js';
import type { Environment } from '../environment.js';
import { asParleyError, ParleyError, Refused, type UserError } from '../errors.js';
import type { TypedDocumentString } from '../generated/graphql.js';
import type { Session } from '../session/session.js';
import { post } from './post.js';

export interface RequestOptions {
  signal?: AbortSignal;
  /** In ms, for each attempt. */
  timeout?: number;
  /**
   * Whether it may be sent again where no answer came, though the server may have done it. By default queries, and what
   * carries a clientMutationId or clientMessageId.
   */
  repeatable?: boolean;
  /** Attempts in all; 1 never tries again. */
  attempts?: number;
}

/** The payload of a mutation, when it did something. */
export type PayloadOf<Result> = Omit<Result[Exclude<keyof Result, '__typename'>], 'errors' | '__typename'>;

const backoff: Backoff = { first: 300, most: 10_000 };
const ATTEMPTS = 5;
/** Waits longer than this are the caller's: it learns retryAt. */
const LONGEST_WAIT = 15_000;

/** Queries and mutations over HTTP, as the signed-in person, tried again where that is safe. */
export class Requests {
  private readonly closed = new AbortController();

  constructor(
    private readonly url: string,
    private readonly environment: Environment,
    private readonly session: Session,
    private readonly timeout: number,
  ) {}

  /** The data. Throws a ParleyError, or what the signal was aborted with. */
  async ask<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    options: RequestOptions = {},
  ): Promise<Result> {
    const { attempts = ATTEMPTS, repeatable = isRepeatable(document.toString(), variables) } = options;
    const { closed } = this;
    const signal = options.signal ? AbortSignal.any([options.signal, closed.signal]) : closed.signal;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.once(document, variables, { ...options, signal });
      } catch (error) {
        signal.throwIfAborted();
        const problem = asParleyError(error);
        const wait = this.waitBefore(problem, attempt);
        if (attempt + 1 >= attempts || wait === null || !(repeatable || wasNotRun(problem))) throw problem;
        await this.environment.sleep(wait, signal);
      }
    }
  }

  /** The payload of the one mutation in the document. Throws Refused where its `errors` say why it did nothing. */
  async mutate<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<PayloadOf<Result>> {
    const result = await this.ask(document, variables, options);
    const [payload] = Object.values(result as object) as (PayloadOf<Result> & { errors: UserError[] })[];
    if (!payload || payload.errors.length > 0) throw new Refused(payload?.errors ?? []);
    return payload;
  }

  /** Ends what is under way. */
  close(): void {
    this.closed.abort();
  }

  private async once<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    { signal, timeout = this.timeout }: RequestOptions,
  ): Promise<Result> {
    const { environment, session, url } = this;
    const accessToken = await session.accessToken();
    try {
      return await post(environment, url, document, variables, { accessToken, timeout, signal });
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== 'UNAUTHENTICATED') throw error;
      const fresh = await session.renewed(accessToken);
      return post(environment, url, document, variables, { accessToken: fresh, timeout, signal });
    }
  }

  private waitBefore(problem: ParleyError, attempt: number): number | null {
    if (!problem.retryable) return null;
    const { now, random } = this.environment;
    if (problem.retryAt === null) return delayOf(attempt, backoff, random);
    const wait = Math.max(0, problem.retryAt - now()) + delayOf(0, backoff, random);
    return wait > LONGEST_WAIT ? null : wait;
  }
}

/** Refused at the door: nothing of it was done. */
const wasNotRun = ({ code }: ParleyError): boolean => code === 'RATE_LIMITED' || code === 'OVERLOADED';

function isRepeatable(text: string, variables: unknown): boolean {
  if (!/^\s*mutation\b/m.test(text)) return true;
  const { input } = variables as { input?: object };
  return input !== undefined && ('clientMutationId' in input || 'clientMessageId' in input);
}
