import { ParleyError, Refused, type UserError } from '@parley/client';
import type { TypedDocumentString } from '@parley/client/operations';

/** A mutation of who is not signed in. Throws as the client's own requests do. */
export async function mutateAsNobody<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<void> {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
  }).catch(() => {
    throw new ParleyError('NO_ANSWER', 'No answer.', true);
  });
  const { data, errors } = (await answer.json()) as {
    data?: Record<string, { errors: UserError[] }> | null;
    errors?: { message: string; extensions?: { code?: string; retryable?: boolean } }[];
  };
  const [payload] = Object.values(data ?? {});
  const [error] = errors ?? [];
  if (payload && payload.errors.length > 0) throw new Refused(payload.errors);
  if (!payload)
    throw new ParleyError(
      error?.extensions?.code ?? 'INTERNAL',
      error?.message ?? '',
      error?.extensions?.retryable === true,
    );
}
