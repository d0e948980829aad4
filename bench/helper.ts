import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

type Methods = Record<string, (argument: never) => unknown>;
interface Call {
  id: number;
  method: string;
  argument: unknown;
}
interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

const LIMIT_MS = 45_000;

/** A process of the bench's own: a load generator or a baseline server, so that its CPU is counted apart. */
export class Helper {
  private readonly waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  private calls = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({ id, value, error }: Answer) => {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) waiting?.resolve(value as never);
      else waiting?.reject(new Error(error));
    });
    child.once('exit', (code) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`a helper of the bench ended with ${code}`));
      this.waiting.clear();
    });
  }

  /** `name`: a module of bench/load. */
  static start(name: string, execArgv: string[] = []): Helper {
    const module = fileURLToPath(new URL(`./load/${name}.js`, import.meta.url));
    return new Helper(fork(module, { execArgv, env: { ...process.env, NODE_ENV: 'production' } }));
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Rejects what takes more than 45 s: something was lost, and the helper would wait for it for ever. */
  call<Result>(method: string, argument: unknown = null): Promise<Result> {
    const id = ++this.calls;
    return new Promise<Result>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method} does not end: something never arrived`)), LIMIT_MS);
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          settle(value);
        };
      this.waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      this.child.send({ id, method, argument } satisfies Call);
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.disconnect();
    await ended;
  }
}

/** The helper's side: answers calls by name, and ends with the bench. */
export function answer(methods: Methods): void {
  process.on('message', ({ id, method, argument }: Call) => {
    const reply = (message: Omit<Answer, 'id'>) => process.send?.({ id, ...message });
    Promise.resolve()
      .then(() => methods[method]!(argument as never))
      .then(
        (value) => reply({ value }),
        (error: unknown) => reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
  });
  process.on('disconnect', () => process.exit(0));
}
