import type { Tabs } from '../environment.js';

/** Runs works of one name one after the other: among all tabs, or in this one where there are no others. */
export class Alone {
  private readonly tails = new Map<string, Promise<unknown>>();

  constructor(private readonly tabs: Tabs | null) {}

  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.tabs) return this.tabs.alone(name, work);
    const turn = (this.tails.get(name) ?? Promise.resolve()).then(work, work);
    this.tails.set(name, turn);
    return turn;
  }
}
