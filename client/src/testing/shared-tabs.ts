import type { Tabs } from '../environment.js';

/** Several tabs in one process: locks and a channel between them, as Web Locks and BroadcastChannel are between real ones. */
export class SharedTabs {
  private readonly waiting: { name: string; mode: 'alone' | 'shared'; grant: () => void }[] = [];
  private readonly held = new Map<string, { mode: 'alone' | 'shared'; count: number }>();
  private readonly listeners = new Map<object, Set<(message: unknown) => void>>();

  open(): OpenTab {
    const tab: OpenTab = {
      crash: () => {
        this.listeners.delete(tab);
        for (const release of [...tab.releases]) release();
      },
      releases: new Set(),
      tabs: {
        alone: (name, work, signal) => this.run(tab, name, 'alone', work, signal),
        shared: (name, work) => this.run(tab, name, 'shared', work),
        ifFree: async (name, work) => {
          if (!this.held.has(name)) await this.run(tab, name, 'alone', work);
        },
        post: (message) => {
          const copy = structuredClone(message);
          for (const [other, listeners] of this.listeners)
            if (other !== tab) for (const listener of listeners) setImmediate(() => listener(copy));
        },
        onMessage: (listener) => {
          const own = this.listeners.get(tab) ?? new Set();
          this.listeners.set(tab, own.add(listener));
          return () => void own.delete(listener);
        },
        close: () => void this.listeners.delete(tab),
      },
    };
    return tab;
  }

  private async run<T>(
    tab: OpenTab,
    name: string,
    mode: 'alone' | 'shared',
    work: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    await new Promise<void>((grant, reject) => {
      const request = { name, mode, grant };
      this.waiting.push(request);
      signal?.addEventListener('abort', () => {
        const index = this.waiting.indexOf(request);
        if (index >= 0) this.waiting.splice(index, 1);
        reject(signal.reason as Error);
      });
      this.grantNext();
    });
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      tab.releases.delete(release);
      this.release(name);
    };
    tab.releases.add(release);
    try {
      return await work();
    } finally {
      release();
    }
  }

  private grantNext(): void {
    for (const request of [...this.waiting]) {
      const held = this.held.get(request.name);
      if (held && (held.mode === 'alone' || request.mode === 'alone')) continue;
      this.waiting.splice(this.waiting.indexOf(request), 1);
      this.held.set(request.name, { mode: request.mode, count: (held?.count ?? 0) + 1 });
      request.grant();
    }
  }

  private release(name: string): void {
    const held = this.held.get(name);
    if (held && --held.count === 0) this.held.delete(name);
    this.grantNext();
  }
}

export interface OpenTab {
  tabs: Tabs;
  releases: Set<() => void>;
  /** The tab is gone without a word: its locks are free, and it hears nothing more. */
  crash(): void;
}
