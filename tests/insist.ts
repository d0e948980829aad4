/** What must hold; throws what is wrong, with evidence. */
export function insist(condition: boolean, what: string, ...evidence: unknown[]): asserts condition {
  if (!condition) throw new Error(`${what} ${evidence.map((each) => JSON.stringify(each)).join(' ')}`.slice(0, 3_000));
}

export const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const inParallel = async <T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  lanes = 8,
): Promise<void> => {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
};
