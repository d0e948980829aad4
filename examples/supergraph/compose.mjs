import { readFileSync, writeFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

const [output = new URL('supergraph.graphql', import.meta.url)] = process.argv.slice(2);
const parleys = ['users', 'conversations', 'messages', 'presence', 'media', 'search', 'notifications'];
const subgraphs = new Map([
  ...parleys.map((name) => [name, `../../schema/${name}.graphql`]),
  ['employees', 'employees.graphql'],
]);

const services = [...subgraphs].map(([name, file]) => ({
  name,
  // The router knows them by their names: see PARLEY_SUBGRAPH_URLS.
  url: `http://${name}/graphql`,
  typeDefs: parse(readFileSync(new URL(file, import.meta.url), 'utf8')),
}));
const { supergraphSdl, errors } = composeServices(services);
if (errors) {
  for (const { message } of errors) console.error(message);
  process.exit(1);
}
writeFileSync(output, supergraphSdl);
