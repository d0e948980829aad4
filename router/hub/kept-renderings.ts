/**
 * Renderings of the last moments: each is kept for `keepMs` at least, unless all of them together would take more than
 * `keepBytes`, keys included; and for twice that at most, also where nobody asks any more.
 */
export class KeptRenderings {
  private fresh = new Map<string, Buffer>();
  private former = new Map<string, Buffer>();
  /** Of the fresh ones. */
  private bytes = 0;
  private turning: NodeJS.Timeout | undefined;

  constructor(
    private readonly keepMs: number,
    private readonly keepBytes: number,
  ) {}

  get size(): number {
    return this.fresh.size + this.former.size;
  }

  get(key: string): Buffer | undefined {
    return this.fresh.get(key) ?? this.former.get(key);
  }

  set(key: string, bytes: Buffer): void {
    const size = key.length + bytes.length;
    const room = this.keepBytes / 2;
    if (size > room) return;
    if (this.bytes + size > room) this.turn();
    this.fresh.set(key, bytes);
    this.bytes += size;
    this.turning ??= setInterval(() => this.turn(), this.keepMs).unref();
  }

  private turn(): void {
    this.former = this.fresh;
    this.fresh = new Map();
    this.bytes = 0;
    if (this.former.size > 0) return;
    clearInterval(this.turning);
    this.turning = undefined;
  }
}
