/**
 * Which things a live event has changed since a request began. What the request brings of them may be older, and is passed
 * over: had it been newer, a live event would follow that says so.
 */
export class Touched<State> {
  private readonly at = new Map<string, { time: number; state: State | null }>();
  private time = 0;
  private open = 0;

  /** A request begins; `end` it. */
  begin(): number {
    this.open++;
    return this.time;
  }

  end(): void {
    if (--this.open === 0) this.at.clear();
  }

  /** `state`: what the event says, for a reader that has a place for it when the event has none. */
  touch(key: string, state: State | null = null): void {
    if (this.open > 0) this.at.set(key, { time: ++this.time, state });
  }

  isSince(begun: number, key: string): boolean {
    return (this.at.get(key)?.time ?? -1) > begun;
  }

  stateOf(key: string): State | null {
    return this.at.get(key)?.state ?? null;
  }
}
