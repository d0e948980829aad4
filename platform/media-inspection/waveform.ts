/** Loudness over time, of 16-bit samples that come in pieces. Keeps one number for each twentieth of a second. */
export class Waveform {
  /** Samples a second that it wants. */
  static readonly RATE = 8_000;
  private static readonly WINDOW = Waveform.RATE / 20;

  private readonly windows: number[] = [];
  private samples = 0;
  private squares = 0;
  private half: Buffer = Buffer.alloc(0);

  hear(chunk: Buffer): void {
    const bytes = this.half.length > 0 ? Buffer.concat([this.half, chunk]) : chunk;
    const whole = bytes.length - (bytes.length % 2);
    for (let at = 0; at < whole; at += 2) {
      const sample = bytes.readInt16LE(at);
      this.squares += sample * sample;
      if (++this.samples % Waveform.WINDOW === 0) this.endWindow(Waveform.WINDOW);
    }
    this.half = bytes.subarray(whole);
  }

  get durationMs(): number {
    return Math.round((this.samples / Waveform.RATE) * 1_000);
  }

  /** So many values, 0-100, of which the loudest is 100; all 0 where there is silence. */
  values(count: number): number[] {
    const rest = this.samples % Waveform.WINDOW;
    if (rest > 0) this.endWindow(rest);
    const loudness = Array.from({ length: count }, (_, i) => {
      const from = Math.floor((i * this.windows.length) / count);
      const to = Math.max(from + 1, Math.floor(((i + 1) * this.windows.length) / count));
      return this.windows.slice(from, to).reduce((most, value) => Math.max(most, value), 0);
    });
    const loudest = Math.max(...loudness);
    return loudness.map((value) => (loudest === 0 ? 0 : Math.round((value / loudest) * 100)));
  }

  private endWindow(samples: number): void {
    this.windows.push(Math.sqrt(this.squares / samples));
    this.squares = 0;
  }
}
