import { askSubgraphs } from '../platform/subgraph/ask-subgraphs.js';
import { Instances } from '../platform/subgraph/instances.js';
import type { AskInternal } from '../platform/subgraph/internal.js';
import type { Log } from '../platform/telemetry/log.js';
import type { Adapters } from './adapters.js';

/** The subgraphs that run in other processes. */
export class Neighbours {
  private readonly instances = new Map<string, Instances>();

  constructor(private readonly urls: ReadonlyMap<string, readonly string[]>) {}

  get names(): string[] {
    return [...this.urls.keys()];
  }

  /** Throws for a subgraph that PARLEY_SUBGRAPH_URLS does not name. */
  of(subgraph: string): Instances {
    let instances = this.instances.get(subgraph);
    if (!instances) {
      const urls = this.urls.get(subgraph);
      if (!urls) throw new Error(`nobody has said where ${subgraph} runs`);
      this.instances.set(subgraph, (instances = new Instances(urls)));
    }
    return instances;
  }

  /** Asks them as this process itself. */
  async asker(adapters: Adapters, log: Log): Promise<AskInternal> {
    if (this.urls.size === 0) return (subgraph) => Promise.reject(new Error(`nobody has said where ${subgraph} runs`));
    return askSubgraphs((subgraph) => this.of(subgraph), await adapters.serviceTokens(), log);
  }

  async close(): Promise<void> {
    await Promise.all([...this.instances.values()].map((each) => each.close()));
  }
}
