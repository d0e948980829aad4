/**
 * Runs calls one after the other: what comes while one is under way goes together in the next. Nothing is delayed: what finds
 * nothing under way goes at once. A call that fails fails all that it carried.
 */
export class Gathering<Item> {
  private next: { items: Item[]; done: Promise<void> } | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly run: (items: Item[]) => Promise<void>) {}

  /** Resolves once the call that carried these items has ended. */
  add(items: readonly Item[]): Promise<void> {
    this.next ??= this.start();
    for (const item of items) this.next.items.push(item);
    return this.next.done;
  }

  private start(): { items: Item[]; done: Promise<void> } {
    const items: Item[] = [];
    const done = this.last.then(() => {
      this.next = null;
      return this.run(items);
    });
    this.last = done.catch(() => undefined);
    return { items, done };
  }
}
