import type { Log } from '../telemetry/log.js';
import { Refusal, type OpenSearchClient } from './opensearch-client.js';
import { indexOf } from './opensearch-mappings.js';
import type { IndexOf } from './port.js';
import { WORDS_VERSION } from './words.js';

/** Raised when opensearch-mappings.ts changes: then an index has to be made anew. */
const MAPPINGS_VERSION = 1;
const VERSION = `v${MAPPINGS_VERSION * 1_000 + WORDS_VERSION}`;
/** Making an index takes seconds where a cluster is busy, ms. */
const MAINTENANCE_MS = 30_000;
const kinds: IndexOf[] = ['messages', 'people', 'conversations'];

/** What searches read, and every write goes to. */
export const liveAlias = (of: IndexOf) => `parley-${of}`;
/** Every write goes to it as well: there while a rebuild is under way. */
export const nextAlias = (of: IndexOf) => `parley-${of}-next`;
/** Of one rebuild alone: goes with it. */
const fillAlias = (index: string) => `${index}-fill`;

type Aliases = Record<string, { aliases: Record<string, object> }>;

/**
 * The indices of one cluster, `parley-<what>-v<version>-<n>`, behind aliases that change places in one step.
 */
export class OpenSearchIndices {
  private made: Promise<void> | null = null;

  constructor(
    private readonly client: OpenSearchClient,
    private readonly log: Log,
  ) {}

  /** Makes those that are missing, once; again after `forget`. */
  ready(): Promise<void> {
    return (this.made ??= this.make().catch((error: unknown) => {
      this.made = null;
      throw error;
    }));
  }

  forget(): void {
    this.made = null;
  }

  /** The aliases that a write goes to, as the cluster has them now: who asks after a rebuild has begun knows of it. */
  async targets(of: IndexOf): Promise<string[]> {
    await this.ready();
    const aliases = Object.values(await this.list(of)).flatMap((index) => Object.keys(index.aliases));
    return [liveAlias(of), ...(aliases.includes(nextAlias(of)) ? [nextAlias(of)] : [])];
  }

  /** Makes the fresh index, and drops what other rebuilds have left. */
  async begin(of: IndexOf): Promise<OpenSearchRebuild> {
    await this.ready();
    for (;;) {
      const existing = Object.keys(await this.list(of));
      const number = Math.max(0, ...existing.map((name) => Number(name.split('-').at(-1)))) + 1;
      const index = `parley-${of}-${VERSION}-${number}`;
      if (!(await this.create(of, index, [fillAlias(index)]))) continue; // another rebuild has taken the number
      const others = Object.entries(await this.list(of)).flatMap(([name, { aliases }]) =>
        name !== index && !(liveAlias(of) in aliases) ? [name] : [],
      );
      await this.change([
        ...others.map((name) => ({ remove_index: { index: name } })),
        { add: { index, alias: nextAlias(of) } },
      ]);
      return new OpenSearchRebuild(of, index, this);
    }
  }

  /** Puts a fresh index in the place of the live one, in one step; throws where another rebuild has begun. */
  async swap(of: IndexOf, index: string): Promise<void> {
    const all = await this.list(of);
    if (!(nextAlias(of) in (all[index]?.aliases ?? {}))) throw new Error(`Another rebuild of ${of} has begun.`);
    await this.client.call({ method: 'POST', path: `/${index}/_refresh`, limitMs: MAINTENANCE_MS });
    const live = Object.entries(all).flatMap(([name, { aliases }]) => (liveAlias(of) in aliases ? [name] : []));
    try {
      await this.change([
        // Fails, and all with it, where the alias is no longer there.
        { remove: { index, alias: nextAlias(of), must_exist: true } },
        { remove: { index, alias: fillAlias(index), must_exist: true } },
        { add: { index, alias: liveAlias(of) } },
        ...live.map((name) => ({ remove: { index: name, alias: liveAlias(of), must_exist: true } })),
      ]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Error(`Another rebuild of ${of} has begun.`, { cause: error });
    }
    // Not in the same step: its shards would close before the searches are led elsewhere. After a crash the next rebuild does it.
    await this.change(live.map((name) => ({ remove_index: { index: name } })));
  }

  async drop(index: string): Promise<void> {
    // Its alias is found as long as it was not put into place.
    const [name] = Object.keys(
      await this.client
        .call<Aliases>({ method: 'GET', path: `/_alias/${fillAlias(index)}` })
        .catch((error: unknown) => (isMissing(error) ? {} : Promise.reject(error as Error))),
    );
    if (name !== undefined) await this.change([{ remove_index: { index: name } }]);
  }

  private async make(): Promise<void> {
    for (const of of kinds) {
      const live = Object.entries(await this.list(of)).find(([, { aliases }]) => liveAlias(of) in aliases);
      // With its alias from the start: of several processes that try, one makes it.
      if (!live) await this.create(of, `parley-${of}-${VERSION}-1`, [liveAlias(of)]);
      else if (!live[0].startsWith(`parley-${of}-${VERSION}-`))
        this.log.warn({ index: of }, 'the search index is from another version of Parley: run `parley search reindex`');
    }
  }

  /** False where there is one of this name. */
  private async create(of: IndexOf, index: string, aliases: string[]): Promise<boolean> {
    try {
      const body = indexOf(of, aliases);
      await this.client.call({ method: 'PUT', path: `/${index}`, body, limitMs: MAINTENANCE_MS });
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.type === 'resource_already_exists_exception') return false;
      throw error;
    }
  }

  private list(of: IndexOf): Promise<Aliases> {
    return this.client.call<Aliases>({ method: 'GET', path: `/parley-${of}-v*/_alias` });
  }

  private async change(actions: object[]): Promise<void> {
    await this.client.call({ method: 'POST', path: '/_aliases', body: { actions }, limitMs: MAINTENANCE_MS });
  }
}

/** A fresh index that is being filled. */
export class OpenSearchRebuild {
  constructor(
    readonly of: IndexOf,
    private readonly index: string,
    private readonly indices: OpenSearchIndices,
  ) {}

  get alias(): string {
    return fillAlias(this.index);
  }

  swap(): Promise<void> {
    return this.indices.swap(this.of, this.index);
  }

  drop(): Promise<void> {
    return this.indices.drop(this.index);
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Refusal && error.status === 404;
}
