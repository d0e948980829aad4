import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  parse,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { buildSchema, createResolversMap, type BuildSchemaOptions, type NonEmptyArray } from 'type-graphql';
import { DateTimeScalar, UrlScalar, EmailAddressScalar } from './scalars.js';
import { perViewerDirective } from './directives.js';

const link = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@tag", "@inaccessible", "@composeDirective", "@cost", "@listSize"])
  @link(url: "https://parley.example/viewer/v1.0", import: ["@perViewer"])
  @composeDirective(name: "@perViewer")
`;

/** Resolves an entity of one type from its key fields. Null where there is none, or the caller may not see it. */
export type ReferenceResolver = (key: Record<string, string>, context: never, info: GraphQLResolveInfo) => unknown;

export interface FederatedSchema {
  /** What schema/<name>.graphql holds. */
  typeDefs: DocumentNode;
  sdl: string;
  schema: GraphQLSchema;
}

/**
 * The federation 2.9 subgraph schema of TypeGraphQL resolvers. Resolver objects are made by the subgraph and handed in
 * by class, so that nothing is a singleton.
 */
export async function buildFederatedSchema(options: {
  /** One instance per resolver class. */
  resolvers: object[];
  /** Types to keep that nothing refers to: members of unions, implementations of interfaces. */
  orphanedTypes?: BuildSchemaOptions['orphanedTypes'];
  references: Record<string, ReferenceResolver>;
  /** Around the resolver of each mutation, by its name. */
  aroundMutation?: (
    name: string,
    resolve: GraphQLFieldResolver<unknown, never>,
  ) => GraphQLFieldResolver<unknown, never>;
}): Promise<FederatedSchema> {
  const instances = new Map(options.resolvers.map((resolver) => [resolver.constructor, resolver]));
  const built = await buildSchema({
    resolvers: [...instances.keys()] as unknown as NonEmptyArray<() => void>,
    container: { get: (cls: unknown) => instances.get(cls as never) },
    orphanedTypes: options.orphanedTypes ?? [],
    directives: [perViewerDirective],
    scalarsMap: [{ type: Date, scalar: DateTimeScalar }],
    validate: false,
    skipCheck: true,
    pubSub: noPubSub,
  });
  const sdl = `${link}\n${printSchemaWithDirectives(built)}\n`;
  const typeDefs = parse(sdl);
  const resolvers = createResolversMap(built) as Record<string, Record<string, unknown>>;
  const mutations = (resolvers.Mutation ?? {}) as Record<string, GraphQLFieldResolver<unknown, never>>;
  for (const [name, resolve] of Object.entries(mutations))
    if (options.aroundMutation) mutations[name] = options.aroundMutation(name, resolve);
  for (const [type, resolve] of Object.entries(options.references))
    resolvers[type] = { ...resolvers[type], __resolveReference: toAsync(resolve) };
  return { sdl, typeDefs, schema: buildSubgraphSchema([{ typeDefs, resolvers: resolvers as never }]) };
}

/** One reference that throws at once must not take the others of its list with it. */
function toAsync(resolve: ReferenceResolver): ReferenceResolver {
  return async (key, context, info) => resolve(key, context, info);
}

// TypeGraphQL wants one where there is a subscription, even though each gives its own `subscribe`.
const noPubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('not used');
  },
};

export { DateTimeScalar, UrlScalar, EmailAddressScalar };
