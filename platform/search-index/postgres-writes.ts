import { vectorOfConversation, vectorOfPerson, vectorsOfMessages } from './lexemes.js';
import type {
  ConversationDocument,
  IndexChange,
  IndexOf,
  IndexWriter,
  MessageDocument,
  PersonDocument,
} from './port.js';
import type { SearchPool, Statement } from './postgres-pool.js';
import type { Stems } from './stems.js';

/** Changes of one statement. */
const BATCH = 500;

/** Where changes go: to the slots of all writers, or to the one that a rebuild fills. */
export type Target = { kind: 'slots to write' } | { kind: 'slot to fill'; rebuild: number };

/** Writes changes of the three kinds. To a rebuild that another one has taken the place of, it throws. */
export class PostgresWriter implements IndexWriter {
  constructor(
    protected readonly pool: SearchPool,
    protected readonly stems: Stems,
    private readonly target: Target = { kind: 'slots to write' },
  ) {}

  async writeMessages(changes: readonly IndexChange<MessageDocument>[]): Promise<void> {
    for (const batch of batchesOf(changes)) {
      const documents = batch.flatMap(({ document }) => document ?? []);
      const vectors = await vectorsOfMessages(documents, this.stems);
      const vectorOf = new Map(documents.map((document, index) => [document, vectors[index]!]));
      const column = <T>(of: (document: MessageDocument) => T) =>
        batch.map(({ document }) => (document === null ? null : of(document)));
      await this.write('messages', [
        batch.map(({ id }) => id),
        batch.map(({ version }) => version),
        column(({ conversationId }) => conversationId),
        column(({ senderId }) => senderId),
        column(({ seq }) => seq),
        column(({ sentAt }) => sentAt),
        column(({ body }) => body.replaceAll('\u0000', '\ufffd')), // which Postgres cannot hold
        column((document) => vectorOf.get(document)!),
      ]);
    }
  }

  async writePeople(changes: readonly IndexChange<PersonDocument>[]): Promise<void> {
    for (const batch of batchesOf(changes))
      await this.write('people', [
        batch.map(({ id }) => id),
        batch.map(({ version }) => version),
        batch.map(({ document }) => document && vectorOfPerson(document)),
      ]);
  }

  async writeConversations(changes: readonly IndexChange<ConversationDocument>[]): Promise<void> {
    for (const batch of batchesOf(changes))
      await this.write('conversations', [
        batch.map(({ id }) => id),
        batch.map(({ version }) => version),
        batch.map(({ document }) => document && document.isPublic),
        batch.map(({ document }) => document && vectorOfConversation(document)),
      ]);
  }

  private async write(of: IndexOf, columns: unknown[]): Promise<void> {
    const { target } = this;
    const [written] =
      target.kind === 'slots to write'
        ? await this.pool.query<Written>(writes[of], columns)
        : await this.pool.query<Written>(fills[of], [...columns, target.rebuild]);
    if (written!.slots === 0) throw new Error(`The rebuild of ${of} has ended, or another one has begun.`);
  }
}

interface Written {
  slots: number;
}

/** One change a thing, the newest: a statement cannot change a row twice. */
function batchesOf<Document>(changes: readonly IndexChange<Document>[]): IndexChange<Document>[][] {
  const newest = new Map<string, IndexChange<Document>>();
  for (const change of changes)
    if ((newest.get(change.id)?.version ?? -1) < change.version) newest.set(change.id, change);
  const all = [...newest.values()];
  return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, i) => all.slice(i * BATCH, (i + 1) * BATCH));
}

/** Rows are taken in the order of their ids, so that writers wait for each other and never in a circle. */
const textOf = (table: string, columns: Record<string, string>, slots: string) => {
  const names = Object.keys(columns);
  const changed = names.filter((name) => name !== 'id');
  return `
    with slots as materialized (select slot from ${slots} slot),
    written as (
      insert into ${table} (slot, ${names.join(', ')})
      select slot, ${names.map((name) => (name === 'terms' ? 'terms::tsvector' : name)).join(', ')}
      from slots cross join unnest(${Object.values(columns)
        .map((type, i) => `$${i + 1}::${type}[]`)
        .join(', ')}) c (${names.join(', ')})
      order by slot, id
      on conflict (slot, id) do update set ${changed.map((name) => `${name} = excluded.${name}`).join(', ')}
      where ${table}.version < excluded.version
    )
    select count(*)::int as slots from slots`;
};

const tables: Record<IndexOf, { table: string; columns: Record<string, string> }> = {
  messages: {
    table: 'message',
    columns: {
      id: 'uuid',
      version: 'bigint',
      conversation_id: 'uuid',
      sender_id: 'uuid',
      seq: 'bigint',
      sent_at: 'bigint',
      body: 'text',
      terms: 'text',
    },
  },
  people: { table: 'person', columns: { id: 'uuid', version: 'bigint', terms: 'text' } },
  conversations: {
    table: 'conversation',
    columns: { id: 'uuid', version: 'bigint', is_public: 'boolean', terms: 'text' },
  },
};

const statements = (name: string, slotsOf: (of: IndexOf, parameters: number) => string) =>
  Object.fromEntries(
    Object.entries(tables).map(([of, { table, columns }]) => [
      of,
      {
        name: `${name} ${of}`,
        text: textOf(table, columns, slotsOf(of as IndexOf, Object.keys(columns).length)),
      },
    ]),
  ) as Record<IndexOf, Statement>;

const writes = statements('write', (of) => `slots_to_write('${of}')`);
const fills = statements('fill', (of, parameters) => `slot_to_fill('${of}', $${parameters + 1}::bigint)`);
