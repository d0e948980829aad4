import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { AnyType, entitiesResolver } from '@apollo/subgraph/dist/types.js';
import {
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  type GraphQLFieldConfigMap,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
} from 'graphql';
import { buildSchema, type BuildSchemaOptions, type NonEmptyArray } from 'type-graphql';
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
  sdl: () => string;
  schema: GraphQLSchema;
}

/**
 * The federation 2.9 subgraph schema of TypeGraphQL resolvers. Resolver objects are made by the subgraph and handed in
 * by class, so that nothing is a singleton. `npm run schema` validates it, a start takes it as valid.
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
  const mutations = built.getMutationType()?.getFields() ?? {};
  for (const field of Object.values(mutations))
    if (options.aroundMutation && field.resolve)
      field.resolve = options.aroundMutation(field.name, field.resolve) as GraphQLFieldResolver<unknown, unknown>;
  const sdl = () => `${link}\n${printSchemaWithDirectives(built)}\n`;
  return { sdl, schema: withEntities(built, options.references, sdl) };
}

/** With what routers ask of a subgraph: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec */
function withEntities(
  built: GraphQLSchema,
  references: Record<string, ReferenceResolver>,
  sdl: () => string,
): GraphQLSchema {
  const service = new GraphQLObjectType({ name: '_Service', fields: { sdl: { type: GraphQLString, resolve: sdl } } });
  const fields: GraphQLFieldConfigMap<unknown, unknown> = {
    _service: { type: new GraphQLNonNull(service), resolve: () => ({}) },
  };
  const entities = Object.entries(references).map(([name, resolve]) => {
    const type = built.getType(name) as GraphQLObjectType;
    type.extensions = { ...type.extensions, apollo: { subgraph: { resolveReference: toAsync(resolve) } } };
    return type;
  });
  if (entities.length > 0) {
    const resolveType = ({ __typename }: { __typename: string }) => __typename;
    fields._entities = {
      type: new GraphQLNonNull(
        new GraphQLList(new GraphQLUnionType({ name: '_Entity', types: entities, resolveType })),
      ),
      args: { representations: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(AnyType))) } },
      resolve: (_root, { representations }: { representations: unknown }, context, info) =>
        entitiesResolver({ representations, context, info }) as unknown,
    };
  }
  const { query, types, ...config } = built.toConfig();
  const { fields: own, ...queryConfig } = query!.toConfig();
  return new GraphQLSchema({
    ...config,
    types: types.filter((type) => type !== query),
    query: new GraphQLObjectType({ ...queryConfig, fields: { ...own, ...fields } }),
    assumeValid: true,
  });
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
