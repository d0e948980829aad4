import { parse } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { TypedDocumentString } from './generated/graphql.js';

/** A document of the client as Apollo Client, urql and others take it. */
export function parsed<Result, Variables>(
  text: TypedDocumentString<Result, Variables>,
): TypedDocumentNode<Result, Variables> {
  return parse(text.toString(), { noLocation: true });
}
