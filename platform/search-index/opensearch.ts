import { setTimeout as pause } from 'node:timers/promises';
import type { OpenSearchSettings } from '../config/search.js';
import { Fault } from '../errors/errors.js';
import { unavailable } from '../errors/report.js';
import type { Log } from '../telemetry/log.js';
import { OpenSearchClient, type Answer, type Failure } from './opensearch-client.js';
import { isMissing, liveAlias, OpenSearchIndices } from './opensearch-indices.js';
import { searchMessages } from './opensearch-messages.js';
import { conversationSearch, personSearch } from './opensearch-queries.js';
import { OpenSearchFillWriter, OpenSearchLiveWriter } from './opensearch-writes.js';
import type { Hit, Hits, IndexOf, MessageQuery, Rebuild, SearchIndex } from './port.js';
import { decodePosition, encodePosition } from './position.js';
import { typedOf } from './typed.js';

const TRIES = 3;
const PAUSE_MS = 50;
const MISSING = 404;

/**
 * The index in an OpenSearch cluster. Makes the indices that are missing; where it cannot be reached, with the first call that
 * reaches it: nothing but search waits for it.
 */
export async function openOpenSearchIndex(settings: OpenSearchSettings, log: Log): Promise<SearchIndex> {
  const client = new OpenSearchClient(settings, log);
  const indices = new OpenSearchIndices(client, log);
  await indices.ready().catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
  });
  return new OpenSearchIndex(client, indices);
}

class OpenSearchIndex extends OpenSearchLiveWriter implements SearchIndex {
  async searchMessages(query: MessageQuery) {
    return searchMessages((searches) => this.search('messages', searches), query);
  }

  searchPeople({ text, withoutIds = [], first, after }: Parameters<SearchIndex['searchPeople']>[0]) {
    const typed = typedOf(text, { allOpen: true });
    return this.find('people', typed.pieces.length === 0 ? null : personSearch(text, typed, withoutIds), first, after);
  }

  searchConversations({ text, memberOf, first, after }: Parameters<SearchIndex['searchConversations']>[0]) {
    const typed = typedOf(text, { allOpen: true });
    const query = typed.pieces.length === 0 ? null : conversationSearch(text, typed, memberOf);
    return this.find('conversations', query, first, after);
  }

  async rebuild(of: IndexOf): Promise<Rebuild> {
    const begun = await this.indices.begin(of);
    return new OpenSearchFill(this.client, begun);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** The answers to searches of one index. */
  private async search<Source>(of: IndexOf, searches: object[]): Promise<Answer<Source>[]> {
    await this.indices.ready();
    for (let tries = 1; ; tries++) {
      const answers = await this.ask<Source>(of, searches);
      const failure = answers.find((each) => !('hits' in each));
      if (!failure) return answers as Answer<Source>[];
      const { status } = failure as Failure;
      const isPassing = status === MISSING || status === 429 || status >= 500;
      // The index that was searched may have gone: a rebuild has taken its place.
      if (isPassing && tries < TRIES) await pause(PAUSE_MS);
      else {
        const error = new Error(`OpenSearch answers a search with ${status}`);
        throw isPassing ? unavailable(error) : error;
      }
    }
  }

  private async ask<Source>(of: IndexOf, searches: object[]): Promise<(Answer<Source> | Failure)[]> {
    try {
      const { responses } = await this.client.call<{ responses: (Answer<Source> | Failure)[] }>({
        method: 'POST',
        path: `/${liveAlias(of)}/_msearch`,
        lines: searches.flatMap((body) => [{ allow_partial_search_results: false }, body]),
      });
      return responses;
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.indices.forget();
      return [{ status: MISSING }];
    }
  }

  private async find(of: IndexOf, query: object | null, first: number, after?: string): Promise<Hits<Hit>> {
    const position = after === undefined ? null : decodePosition(after);
    if (query === null) return { hits: [], hasMore: false };
    const [answer] = await this.search<object>(of, [
      {
        query,
        size: first + 1,
        sort: [{ _score: 'desc' }, { id: 'desc' }],
        _source: false,
        track_total_hits: false,
        ...(position ? { search_after: [position.score, position.id] } : {}),
      },
    ]);
    const { hits } = answer!.hits;
    return {
      hits: hits
        .slice(0, first)
        .map(({ _id: id, sort: [score] }) => ({ id, position: encodePosition({ score: score as number, at: 0, id }) })),
      hasMore: hits.length > first,
    };
  }
}

class OpenSearchFill extends OpenSearchFillWriter implements Rebuild {
  swap(): Promise<void> {
    return this.target.swap();
  }

  drop(): Promise<void> {
    return this.target.drop();
  }
}
