import { asError, type Failure } from './explain';
import { useChat } from '@parley/client/react';
import type { TypedDocumentString } from '@parley/client/operations';
import { useCallback, useEffect, useRef, useState } from 'react';

export interface Answer<Result> {
  /** Null until there is one; an earlier one stays while the next is asked for. */
  data: Result | null;
  error: Failure | null;
  reload: () => Promise<void>;
}

/** Asks once it is shown, and again when the variables change. */
export function useAnswer<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Answer<Result> {
  const { requests } = useChat();
  const [data, setData] = useState<Result | null>(null);
  const [error, setError] = useState<Failure | null>(null);
  const key = JSON.stringify(variables);
  const newest = useRef(0);
  const reload = useCallback(async () => {
    const number = ++newest.current;
    try {
      const answer = await requests.ask(document, JSON.parse(key) as Variables);
      if (number !== newest.current) return;
      setData(answer);
      setError(null);
    } catch (problem) {
      if (number === newest.current) setError(asError(problem));
    }
  }, [requests, document, key]);
  useEffect(() => {
    void reload();
    return () => void newest.current++;
  }, [reload]);
  return { data, error, reload };
}
