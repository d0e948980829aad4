import { GraphQLError } from 'graphql';

/**
 * The closed catalogue of errors that a GraphQL answer may carry in extensions.code.
 * `retryable`: the very same request can succeed later. `status`: over HTTP, where the whole request is refused.
 */
export const catalogue = {
  UNAUTHENTICATED: { retryable: false, status: 401 },
  FORBIDDEN: { retryable: false, status: 403 },
  NOT_FOUND: { retryable: false, status: 200 },
  BAD_USER_INPUT: { retryable: false, status: 200 },
  GRAPHQL_PARSE_FAILED: { retryable: false, status: 400 },
  GRAPHQL_VALIDATION_FAILED: { retryable: false, status: 400 },
  BAD_REQUEST: { retryable: false, status: 400 },
  DOCUMENT_NOT_TRUSTED: { retryable: false, status: 403 },
  PERSISTED_QUERY_NOT_FOUND: { retryable: true, status: 200 },
  PERSISTED_QUERY_NOT_SUPPORTED: { retryable: false, status: 200 },
  COST_LIMIT: { retryable: false, status: 400 },
  RATE_LIMITED: { retryable: true, status: 429 },
  OVERLOADED: { retryable: true, status: 503 },
  UNAVAILABLE: { retryable: true, status: 503 },
  INTERNAL: { retryable: false, status: 500 },
} as const;
export type FaultCode = keyof typeof catalogue;

/** A GraphQL error from the catalogue. The message is in English and fit to show; it never names internals. */
export class Fault extends GraphQLError {
  readonly code: FaultCode;
  constructor(
    code: FaultCode,
    message: string,
    options: { cause?: unknown; extensions?: Record<string, unknown> } = {},
  ) {
    super(message, {
      originalError: options.cause instanceof Error ? options.cause : null,
      extensions: { ...options.extensions, code, retryable: catalogue[code].retryable },
    });
    this.code = code;
  }
}

/** What the person who asked can put right: becomes an entry of the payload's `errors`. */
export class UserFault<Code extends string = string> extends Error {
  constructor(
    readonly code: Code,
    /** The offending input field, outermost first, without `input`. */
    readonly path: string[],
    message: string,
    readonly retryAt: Date | null = null,
  ) {
    super(message);
  }
}

/** An entry of a payload's `errors`. A plain object: graphql-js takes an Error in a list for the failure of its field. */
export interface UserErrorEntry {
  code: string;
  path: string[];
  message: string;
  retryAt: Date | null;
}
export type Payload<Field extends string, T> = Record<Field, T | null> & { errors: UserErrorEntry[] };

/** `{ message, errors: [] }`, or `{ message: null, errors: [the UserFault] }`. Every other throw goes on. */
export async function asPayload<Field extends string, T>(field: Field, work: Promise<T>): Promise<Payload<Field, T>> {
  try {
    return { [field]: await work, errors: [] as UserErrorEntry[] } as Payload<Field, T>;
  } catch (error) {
    if (!(error instanceof UserFault)) throw error;
    const { code, path, message, retryAt } = error as UserFault;
    return { [field]: null, errors: [{ code, path, message, retryAt }] } as unknown as Payload<Field, T>;
  }
}
