/** Every operation of the client as a typed text, for `requests.ask` and `requests.mutate`, and the types of all results. */
export * from './generated/graphql.js';
