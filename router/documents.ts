import { createHash } from 'node:crypto';
import {
  GraphQLError,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { Fault } from '../platform/errors/errors.js';

/** One operation of a document that was parsed and validated; the same object for the same text and name. */
export interface PreparedOperation {
  query: string;
  /** SHA-256 of the text, hexadecimal. */
  hash: string;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  operationName: string | null;
}

interface PreparedDocument {
  document: DocumentNode;
  hash: string;
  errors: readonly GraphQLError[] | null;
  operations: Map<string | null, PreparedOperation>;
}

export const MAX_TOKENS = 2_000;

/** Documents by text, least recently used out first: clients send the same few again and again. */
export class Documents {
  private readonly known = new LRUCache<string, PreparedDocument>({
    max: 5_000,
    maxSize: 20 * 1024 * 1024,
    sizeCalculation: (_, query) => query.length + 1_000,
  });

  constructor(private readonly schema: GraphQLSchema) {}

  /** The operation, or the errors that refuse it, with a code each. */
  prepare(query: string, operationName: string | null): PreparedOperation | readonly GraphQLError[] {
    let entry = this.known.get(query);
    if (!entry) {
      const document = parseText(query);
      if (document instanceof GraphQLError) return [document];
      const errors = validate(this.schema, document, undefined, { maxErrors: 20 });
      entry = {
        document,
        hash: createHash('sha256').update(query).digest('hex'),
        errors: errors.length > 0 ? errors.map(toValidationError) : null,
        operations: new Map(),
      };
      this.known.set(query, entry);
    }
    return entry.errors ?? operationOf(entry, query, operationName);
  }
}

function operationOf(
  entry: PreparedDocument,
  query: string,
  operationName: string | null,
): PreparedOperation | GraphQLError[] {
  let prepared = entry.operations.get(operationName);
  if (!prepared) {
    const operation = findOperation(entry.document, operationName);
    if (operation instanceof GraphQLError) return [operation];
    prepared = { query, hash: entry.hash, document: entry.document, operation, operationName };
    entry.operations.set(operationName, prepared);
  }
  return prepared;
}

export function findOperation(document: DocumentNode, operationName: string | null): OperationDefinitionNode | Fault {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operationName === null && operations.length > 1)
    return new Fault(
      'BAD_REQUEST',
      'Say which operation to run: the document has several, and operationName is missing.',
    );
  const found = operationName === null ? operations[0] : operations.find((node) => node.name?.value === operationName);
  return found ?? new Fault('BAD_REQUEST', 'The document has no operation of that name.');
}

function parseText(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return new GraphQLError(error.message, {
      source: error.source,
      positions: error.positions,
      extensions: { code: 'GRAPHQL_PARSE_FAILED', retryable: false },
    });
  }
}

function toValidationError(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', retryable: false },
  });
}
