export class AttemptTimedOut extends Error {
  override readonly name = 'AttemptTimedOut';
  constructor(ms: number) {
    super(`The handler did not end within ${ms} ms.`);
  }
}

/** Rejects with AttemptTimedOut, and tells the call by its signal, when it takes longer. */
export async function withTimeLimit(call: (signal: AbortSignal) => Promise<void>, ms: number): Promise<void> {
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new AttemptTimedOut(ms);
      reject(error);
      limit.abort(error);
    }, ms);
  });
  try {
    await Promise.race([call(limit.signal), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
