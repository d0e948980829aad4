/** Work that is done again and again, never twice at the same time, until it is stopped. */
export class Periodic {
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(private readonly failed: (error: unknown) => void) {}

  every(ms: number, work: () => Promise<unknown>): void {
    let isRunning = false;
    const timer = setInterval(() => {
      if (isRunning) return;
      isRunning = true;
      work()
        .catch(this.failed)
        .finally(() => {
          isRunning = false;
        });
    }, ms);
    timer.unref();
    this.timers.push(timer);
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }
}
