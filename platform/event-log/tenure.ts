import type { Holding } from './port.js';

/**
 * For how long one member has had a partition without a break. Each look, and each renewal, by the holder of the lease
 * leaves at least half of it: who looks again within that time has surely held it all along. Times are of
 * performance.now().
 */
export class Tenure implements Holding {
  private heldUntil = Number.NEGATIVE_INFINITY;

  constructor(
    readonly partition: string,
    private readonly sureMs: number,
  ) {}

  isHeld(): boolean {
    return performance.now() < this.heldUntil;
  }

  begin(lookedAt: number): void {
    this.heldUntil = lookedAt + this.sureMs;
  }

  /** After a look that began then: whether the partition was held all along, and so still is. */
  goesOn(lookedAt: number): boolean {
    if (!this.isHeld()) return false;
    this.begin(lookedAt);
    return true;
  }

  end(): void {
    this.heldUntil = Number.NEGATIVE_INFINITY;
  }
}
