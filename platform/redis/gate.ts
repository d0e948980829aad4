/**
 * Whether a connection is up. Those who come while it is not wait for it for `graceMs` from the moment that it was lost;
 * whoever comes later fails at once, so that an outage costs each caller little.
 */
export class Gate {
  private passage!: Promise<void>;
  private open: () => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private isOpen = true;

  constructor(private readonly graceMs: number) {
    this.lost();
  }

  pass(): Promise<void> {
    return this.passage;
  }

  up(): void {
    clearTimeout(this.timer);
    this.open();
    this.isOpen = true;
    this.passage = Promise.resolve();
  }

  lost(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.passage = new Promise((resolve, reject) => {
      this.open = resolve;
      this.timer = setTimeout(() => reject(new Error('no connection to Redis')), this.graceMs).unref();
    });
    this.passage.catch(() => undefined);
  }

  close(): void {
    clearTimeout(this.timer);
    this.isOpen = false;
    this.passage = Promise.reject(new Error('the connection to Redis was closed'));
    this.passage.catch(() => undefined);
  }
}
