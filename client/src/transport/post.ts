import type { Environment } from '../environment.js';
import { noAnswer, ParleyError, toParleyError, type AnswerError } from '../errors.js';
import type { TypedDocumentString } from '../generated/graphql.js';

export interface PostOptions {
  accessToken: string | null;
  /** In ms, until the whole answer is there. */
  timeout: number;
  signal?: AbortSignal | undefined;
}

/**
 * One operation over HTTP, once. Throws a ParleyError: NO_ANSWER where none came in time, else the first error of an answer
 * whose root field is missing. Errors deeper in the answer leave the fields null that they are about, such as the senders
 * of messages while profiles cannot be read.
 */
export async function post<Result, Variables>(
  environment: Environment,
  url: string,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  { accessToken, timeout, signal }: PostOptions,
): Promise<Result> {
  const timer = AbortSignal.timeout(timeout);
  let response: Response;
  let text: string;
  try {
    response = await environment.fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(accessToken === null ? {} : { authorization: `Bearer ${accessToken}` }),
      },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: signal ? AbortSignal.any([signal, timer]) : timer,
    });
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw noAnswer(timer.aborted ? `No answer came within ${timeout} ms.` : 'The server could not be reached.', error);
  }
  const answer = parse(text);
  const retryAt = retryAtOf(response, environment.now());
  // What is in front of Parley, such as a proxy, answers with pages of its own.
  if (!answer) throw new ParleyError('NO_ANSWER', `The server answered with status ${response.status}.`, true, retryAt);
  if (isMissing(answer)) throw toParleyError(answer.errors ?? [], retryAt);
  return answer.data as Result;
}

interface Answer {
  data?: unknown;
  errors?: AnswerError[];
}

function isMissing({ data, errors = [] }: Answer): boolean {
  return data == null || (errors.length > 0 && Object.values(data).some((value) => value === null));
}

function parse(text: string): Answer | null {
  try {
    const answer = JSON.parse(text) as unknown;
    return typeof answer === 'object' && answer !== null ? answer : null;
  } catch {
    return null;
  }
}

/** Of Retry-After, in seconds or as a date. */
function retryAtOf({ headers }: Response, now: number): number | null {
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = Number(value);
  const at = Number.isFinite(seconds) ? now + seconds * 1_000 : Date.parse(value);
  return Number.isNaN(at) ? null : at;
}
