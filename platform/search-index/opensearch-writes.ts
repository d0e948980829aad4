import { unavailable } from '../errors/report.js';
import type { OpenSearchClient } from './opensearch-client.js';
import { conversationSource, messageSource, personSource } from './opensearch-documents.js';
import type { OpenSearchIndices, OpenSearchRebuild } from './opensearch-indices.js';
import type {
  ConversationDocument,
  IndexChange,
  IndexOf,
  IndexWriter,
  MessageDocument,
  PersonDocument,
} from './port.js';

/** Changes of one request. */
const BATCH = 500;
const LIMIT_MS = 15_000;
/** How often a write that met the end of a rebuild looks anew where to go. */
const TRIES = 5;
/** A version that is not higher than the one that is there. */
const CONFLICT = 409;
const MISSING = 404;

interface Bulk {
  errors: boolean;
  items: { index: { status: number; error?: { type: string } } }[];
}

/**
 * Writes changes under the versions they come with (`version_type: external`): an older one is refused, which is how it does
 * nothing. What is gone stays as a document without words, so that its version is known.
 */
export abstract class OpenSearchWriter implements IndexWriter {
  protected constructor(protected readonly client: OpenSearchClient) {}

  writeMessages(changes: readonly IndexChange<MessageDocument>[]): Promise<void> {
    return this.writeAll('messages', changes, messageSource);
  }

  writePeople(changes: readonly IndexChange<PersonDocument>[]): Promise<void> {
    return this.writeAll('people', changes, personSource);
  }

  writeConversations(changes: readonly IndexChange<ConversationDocument>[]): Promise<void> {
    return this.writeAll('conversations', changes, conversationSource);
  }

  /** Resolves once the documents are kept. */
  protected abstract write(of: IndexOf, linesFor: (alias: string) => object[]): Promise<void>;

  /** Whether all went to the aliases that were named; false where one of them is there no more. */
  protected async bulk(lines: object[]): Promise<boolean> {
    const { errors, items } = await this.client.call<Bulk>({
      method: 'POST',
      path: '/_bulk',
      // Never makes an index by the name of an alias that has gone.
      query: { require_alias: true },
      lines,
      limitMs: LIMIT_MS,
    });
    if (!errors) return true;
    const failures = items.map(({ index }) => index).filter(({ status }) => status >= 300 && status !== CONFLICT);
    const hard = failures.find(({ status }) => status !== MISSING && status !== 429 && status < 500);
    if (hard) throw new Error(`OpenSearch does not take a document: ${hard.status} ${hard.error?.type}`);
    const passing = failures.find(({ status }) => status !== MISSING);
    if (passing) throw unavailable(new Error(`OpenSearch answers ${passing.status} ${passing.error?.type}`));
    return failures.length === 0;
  }

  private async writeAll<Document>(
    of: IndexOf,
    changes: readonly IndexChange<Document>[],
    sourceOf: (document: Document) => object,
  ): Promise<void> {
    for (let from = 0; from < changes.length; from += BATCH) {
      const batch = changes.slice(from, from + BATCH).map(({ id, version, document }) => ({
        id,
        version,
        source: document === null ? { id, gone: true } : sourceOf(document),
      }));
      await this.write(of, (alias) =>
        batch.flatMap(({ id, version, source }) => [
          { index: { _index: alias, _id: id, version, version_type: 'external' } },
          source,
        ]),
      );
    }
  }
}

/** To the live index, and to the fresh one while a rebuild is under way. */
export class OpenSearchLiveWriter extends OpenSearchWriter {
  constructor(
    client: OpenSearchClient,
    protected readonly indices: OpenSearchIndices,
  ) {
    super(client);
  }

  protected async write(of: IndexOf, linesFor: (alias: string) => object[]): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const aliases = await this.indices.targets(of);
      if (await this.bulk(aliases.flatMap(linesFor))) return;
      // A rebuild has ended meanwhile, or somebody removed the indices.
      this.indices.forget();
    }
    throw unavailable(new Error(`the indices of ${of} change all the time`));
  }
}

/** To the fresh index alone. */
export class OpenSearchFillWriter extends OpenSearchWriter {
  constructor(
    client: OpenSearchClient,
    protected readonly target: OpenSearchRebuild,
  ) {
    super(client);
  }

  protected async write(of: IndexOf, linesFor: (alias: string) => object[]): Promise<void> {
    if (of !== this.target.of || !(await this.bulk(linesFor(this.target.alias))))
      throw new Error(`The rebuild of ${this.target.of} has ended, or another one has begun.`);
  }
}
