import type { GraphQLSchema } from 'graphql';
import type { Caller } from '../../platform/auth/caller.js';
import { Fault } from '../../platform/errors/errors.js';
import type { ApiKeyScope } from '../../schema/api-keys.js';
import type { PreparedOperation } from '../documents.js';
import type { Surface } from '../surface.js';
import { neededScopes } from './needed-scopes.js';
import { partnerSchema } from './partner-schema.js';

/** /partner/graphql: the part of the API that is for partners, each operation within the scopes of the key that asks. */
export class PartnerSurface implements Surface {
  private readonly needed = new WeakMap<PreparedOperation, ReadonlyMap<ApiKeyScope, string>>();

  schemaOf(api: GraphQLSchema): GraphQLSchema {
    return partnerSchema(api);
  }

  check(prepared: PreparedOperation, schema: GraphQLSchema, caller: Caller): void {
    const granted: readonly ApiKeyScope[] = (caller.kind === 'person' && caller.apiKey?.scopes) || [];
    for (const [scope, field] of this.scopesOf(prepared, schema))
      if (!granted.includes(scope))
        throw new Fault(
          'FORBIDDEN',
          `This key lacks the scope ${scope}, which ${field} takes. Make a key that has it.`,
        );
  }

  private scopesOf(prepared: PreparedOperation, schema: GraphQLSchema): ReadonlyMap<ApiKeyScope, string> {
    let needed = this.needed.get(prepared);
    if (!needed) {
      needed = neededScopes(schema, prepared.document, prepared.operation.name?.value ?? null);
      this.needed.set(prepared, needed);
    }
    return needed;
  }
}
