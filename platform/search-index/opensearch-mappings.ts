import type { IndexOf } from './port.js';

/*
 * Words are found in texts by words.ts, as for Postgres, and come here with spaces between them: so any server treats every
 * script alike, with or without ICU, and nothing that people write is ever parsed. OpenSearch stems, completes, forgives typos
 * and ranks.
 */

const languages = ['English', 'German', 'French', 'Spanish', 'Russian'];

const analysis = {
  filter: {
    ...Object.fromEntries(languages.map((language) => [language.toLowerCase(), { type: 'snowball', language }])),
    // Each stem at the place of its word, besides the word.
    stems: { type: 'multiplexer', filters: languages.map((language) => language.toLowerCase()) },
  },
  analyzer: {
    words: { type: 'custom', tokenizer: 'whitespace' },
    stems: { type: 'custom', tokenizer: 'whitespace', filter: ['stems'] },
  },
};

const keyword = { type: 'keyword' };
const prefixed = { index_prefixes: { min_chars: 1, max_chars: 8 } };
/** Scores do not depend on how often a word occurs, or on how long a text is. */
const words = { type: 'text', analyzer: 'words', norms: false };
const unordered = { ...words, index_options: 'docs' };
const common = { id: keyword, gone: { type: 'boolean', index: false, doc_values: false } };

const properties: Record<IndexOf, object> = {
  messages: {
    ...common,
    conversationId: keyword,
    senderId: keyword,
    seq: { type: 'long' },
    sentAt: { type: 'long' },
    mediaKinds: keyword,
    mentionedIds: keyword,
    body: { type: 'keyword', index: false, doc_values: false },
    words: {
      ...words,
      ...prefixed,
      fields: { stems: { ...unordered, analyzer: 'stems' } },
    },
    parts: { ...unordered, ...prefixed },
    accented: unordered,
  },
  people: {
    ...common,
    handle: keyword,
    name: keyword,
    words: { type: 'search_as_you_type', analyzer: 'words', norms: false },
    parts: { ...unordered, ...prefixed },
  },
  conversations: {
    ...common,
    isPublic: { type: 'boolean' },
    title: keyword,
    words: { type: 'search_as_you_type', analyzer: 'words', norms: false },
    parts: { ...unordered, ...prefixed },
    description: { ...words, ...prefixed },
  },
};

const SHARDS: Record<IndexOf, number> = { messages: 3, people: 1, conversations: 1 };

/** What an index is made with. */
export function indexOf(of: IndexOf, aliases: string[]): object {
  return {
    settings: {
      number_of_shards: SHARDS[of],
      auto_expand_replicas: '0-1',
      refresh_interval: '500ms',
      analysis,
    },
    mappings: { dynamic: 'strict', properties: properties[of] },
    aliases: Object.fromEntries(aliases.map((alias) => [alias, {}])),
  };
}
