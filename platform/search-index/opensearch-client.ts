import { readFileSync } from 'node:fs';
import { Client, errors } from '@opensearch-project/opensearch';
import type { OpenSearchSettings } from '../config/search.js';
import { StartError } from '../config/start-error.js';
import { unavailable } from '../errors/report.js';
import type { Log } from '../telemetry/log.js';

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query?: Record<string, string | number | boolean>;
  body?: object;
  /** Lines of a bulk request or of several searches. */
  lines?: object[];
  /** Given up after so long, ms, however often it is tried meanwhile. */
  limitMs?: number;
}

/** To one search. */
export interface Answer<Source> {
  hits: {
    total?: { value: number };
    hits: { _id: string; _source: Source; sort: (number | string)[]; highlight?: Record<string, string[]> }[];
  };
}
export interface Failure {
  status: number;
}

/** What OpenSearch answered with something else than 2xx. Tells nothing of the request, which holds what people write. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    /** As in `index_not_found_exception`. */
    readonly type: string,
  ) {
    super(`OpenSearch answers ${status} ${type}`);
  }
}

const LIMIT_MS = 5_000;
/** It has too much to do, or parts of it are away; or it does not let us in, which the same request can do later too. */
const passing = new Set([401, 403, 429, 502, 503, 504]);

/** The connections to one OpenSearch cluster. */
export class OpenSearchClient {
  private readonly client: Client;
  private readonly isOneNode: boolean;
  private isAway = false;

  /** Throws StartError for a CA file that cannot be read. Connects with the first request. */
  constructor(
    { nodes, credentials, caFile }: OpenSearchSettings,
    private readonly log: Log,
  ) {
    this.client = new Client({
      nodes,
      ...(credentials ? { auth: credentials } : {}),
      ...(caFile === null ? {} : { ssl: { ca: read(caFile) } }),
      requestTimeout: LIMIT_MS,
      // Once, on another node where there is one: each request may be done twice.
      maxRetries: 1,
    });
    this.isOneNode = nodes.length === 1;
  }

  /** Throws Fault UNAVAILABLE where OpenSearch cannot be reached or serve right now, and Refusal where it will not. */
  async call<Body>({ method, path, query, body, lines, limitMs = LIMIT_MS }: Request): Promise<Body> {
    // Where one node hangs, there is time to ask another.
    const requestTimeout = this.isOneNode ? limitMs : limitMs / 2;
    const asked = this.client.transport.request(
      { method, path, querystring: query, body, bulkBody: lines },
      { requestTimeout },
    );
    const timer = setTimeout(() => asked.abort(), limitMs);
    try {
      const response = await asked;
      if (this.isAway) this.log.info('OpenSearch is back');
      this.isAway = false;
      return response.body as Body;
    } catch (error) {
      const told = withoutRequest(error);
      if (told instanceof Refusal && !passing.has(told.status)) throw told;
      if (!this.isAway) this.log.warn({ err: told }, 'OpenSearch cannot be used right now');
      this.isAway = true;
      throw unavailable(told);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

function withoutRequest(error: unknown): Error {
  if (error instanceof errors.ResponseError) {
    const { type } = (error.body as { error?: { type?: string } } | undefined)?.error ?? {};
    return new Refusal(error.statusCode ?? 0, type ?? 'without a reason');
  }
  const { name, message } = error as Error;
  return new Error(`${name}: ${message}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(
      `PARLEY_OPENSEARCH_CA_FILE names ${file}, which cannot be read. Give a file that this user may read.`,
      { cause: error },
    );
  }
}
