import {
  getNamedType,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import type { ApiKeyScope } from '../../schema/api-keys.js';
import { freeOfNeeds, rootNeeds, typeNeeds } from '../../schema/partner.js';

/** The scopes that an operation takes, each with the first field that takes it, as in `Query.message`. */
export function neededScopes(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null,
): ReadonlyMap<ApiKeyScope, string> {
  const needed = new Map<ApiKeyScope, string>();
  const need = (scope: ApiKeyScope, field: string) => {
    if (!needed.has(scope)) needed.set(scope, field);
  };
  const roots = {
    [schema.getQueryType()?.name ?? '']: rootNeeds.Query,
    [schema.getMutationType()?.name ?? '']: rootNeeds.Mutation,
    [schema.getSubscriptionType()?.name ?? '']: rootNeeds.Subscription,
  };
  const types = new TypeInfo(schema);
  visit(
    separateOperations(document)[operationName ?? ''] ?? document,
    visitWithTypeInfo(types, {
      Field: ({ name: { value: name } }) => {
        const parent = types.getParentType()?.name ?? '';
        const ofRoot = roots[parent]?.[name];
        if (ofRoot && ofRoot !== 'ANY' && ofRoot !== 'NONE') need(ofRoot, `${parent}.${name}`);
        const type = types.getType();
        const ofType = type && typeNeeds[getNamedType(type).name];
        if (ofType && !ofRoot && !freeOfNeeds(parent, name)) need(ofType, `${parent}.${name}`);
      },
    }),
  );
  return needed;
}
