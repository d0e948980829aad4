/** Every operation of the client as a TypedDocumentNode, for Apollo Client, urql and others. */
export * from './generated/parsed.js';
