/** What is open, in the order in which it was opened; closed in the other. */
export class Opened {
  private readonly closers: (() => Promise<void> | void)[] = [];

  add<T>(part: T, close: (part: T) => Promise<void> | void): T {
    this.closers.push(() => close(part));
    return part;
  }

  async close(): Promise<void> {
    for (let close = this.closers.pop(); close; close = this.closers.pop()) await close();
  }
}
