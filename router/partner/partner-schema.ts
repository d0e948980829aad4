import { filterSchema, pruneSchema } from '@graphql-tools/utils';
import type { GraphQLSchema } from 'graphql';
import { rootNeeds, withheldFields } from '../../schema/partner.js';

/** The part of the API that is for partners: the fields of schema/partner.ts, and what can be reached from them. */
export function partnerSchema(api: GraphQLSchema): GraphQLSchema {
  return pruneSchema(
    filterSchema({
      schema: api,
      rootFieldFilter: (operation, field) => field !== undefined && (rootNeeds[operation][field] ?? 'NONE') !== 'NONE',
      objectFieldFilter: (type, field) => !withheldFields[type]?.includes(field ?? ''),
    }),
  );
}
