/** An error of a GraphQL answer, as it travels. */
export interface AnswerError {
  message: string;
  path?: readonly (string | number)[];
  extensions?: { code?: string; retryable?: boolean; retryAt?: string; reference?: string; [key: string]: unknown };
}

/** What the person can put right, from a payload's `errors`. */
export interface UserError {
  code: string;
  /** In English, fit to show. */
  message: string;
  /** The offending input field, outermost first. */
  path: readonly string[];
  retryAt: string | null;
}

/**
 * Why something did not work. `code` is one of the API's catalogue (UNAUTHENTICATED, RATE_LIMITED, UNAVAILABLE …), or
 * NO_ANSWER where no answer came: the connection could not be made, broke, or took too long.
 */
export class ParleyError extends Error {
  override readonly name: string = 'ParleyError';

  constructor(
    readonly code: string,
    message: string,
    /** Whether the very same request can succeed later. */
    readonly retryable: boolean,
    /** When a retry can succeed, in ms since 1970, where that is known. */
    readonly retryAt: number | null = null,
    /** Of an INTERNAL error: what the operator's log knows it by. */
    readonly reference: string | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The mutation did nothing, for reasons that the person can put right. */
export class Refused extends ParleyError {
  override readonly name = 'Refused';

  constructor(readonly errors: readonly UserError[]) {
    const [first] = errors;
    const retryAt = first?.retryAt ? Date.parse(first.retryAt) : null;
    super(first?.code ?? 'REFUSED', errors.map(({ message }) => message).join(' '), retryAt !== null, retryAt);
  }
}

/** The first of an answer's errors. `retryAt`: from the Retry-After header, where the error itself does not say. */
export function toParleyError(errors: readonly AnswerError[], retryAt: number | null = null): ParleyError {
  const [first] = errors;
  const { code, retryable, reference, retryAt: at } = first?.extensions ?? {};
  return new ParleyError(
    code ?? 'INTERNAL',
    first?.message ?? 'The answer had neither data nor errors.',
    retryable === true,
    at === undefined ? retryAt : Date.parse(at),
    reference ?? null,
  );
}

export const noAnswer = (message: string, cause?: unknown): ParleyError =>
  new ParleyError('NO_ANSWER', message, true, null, null, { cause });

/** The session is over, or there is none: sign in. */
export const signedOut = (): ParleyError => new ParleyError('UNAUTHENTICATED', 'Nobody is signed in.', false);

/** Anything thrown, as a ParleyError. */
export function asParleyError(error: unknown): ParleyError {
  if (error instanceof ParleyError) return error;
  return new ParleyError('INTERNAL', error instanceof Error ? error.message : String(error), false, null, null, {
    cause: error,
  });
}
