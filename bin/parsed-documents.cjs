const { Kind } = require('graphql');

/** A plugin of codegen: each operation as a TypedDocumentNode, made from its text when it is used. */
module.exports.plugin = (_schema, documents) => {
  const names = documents.flatMap(({ document }) =>
    document.definitions.flatMap(({ kind, name }) => (kind === Kind.OPERATION_DEFINITION ? [name.value] : [])),
  );
  return [
    "import { parsed } from '../parsed.js';",
    "import * as texts from './graphql.js';",
    '',
    ...names.sort().map((name) => `export const ${name}Document = parsed(texts.${name}Document);`),
    '',
  ].join('\n');
};
