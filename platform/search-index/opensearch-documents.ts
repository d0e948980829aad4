import type { ConversationDocument, MessageDocument, PersonDocument } from './port.js';
import { wordsOf, type Word } from './words.js';

/** As opensearch-mappings.ts says. */
export function messageSource({ body, ...message }: MessageDocument): object {
  const words = wordsOf(body);
  return {
    ...message,
    body: body.toWellFormed(),
    words: joined(words),
    parts: partsOf(words),
    accented: words.flatMap(({ accented }) => accented ?? []).join(' '),
  };
}

export function personSource({ id, handle, displayName }: PersonDocument): object {
  const words = [...wordsOf(handle), ...wordsOf(displayName)];
  return { id, handle: whole(handle), name: whole(displayName), words: joined(words), parts: partsOf(words) };
}

export function conversationSource({ id, title, description, isPublic }: ConversationDocument): object {
  const words = wordsOf(title);
  const described = wordsOf(description);
  return {
    id,
    isPublic,
    title: whole(title),
    words: joined(words),
    parts: partsOf(words),
    description: described.flatMap(({ term, parts }) => [term, ...parts]).join(' '),
  };
}

/** A handle, a name or a title as one. */
export function whole(text: string): string {
  return joined(wordsOf(text)).slice(0, 200);
}

function joined(words: readonly Word[]): string {
  return words.map(({ term }) => term).join(' ');
}

function partsOf(words: readonly Word[]): string {
  return words.flatMap(({ parts, spelt }) => (spelt === null ? parts : [...parts, spelt])).join(' ');
}
