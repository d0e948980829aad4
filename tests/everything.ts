import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  print,
  astFromValue,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

/** A value for an argument or input field, by its name; undefined leaves it out where it may be. */
export type Supply = (name: string, owner: string) => unknown;

/**
 * A selection of all fields of a type, so many levels deep, with arguments from `supply`. Fields that need an argument for
 * which there is no value are left out and reported.
 */
export class Everything {
  /** "Type.field" of what could not be asked. */
  readonly leftOut = new Set<string>();
  /** "Type.field" of what is asked. */
  readonly asked = new Set<string>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly supply: Supply,
  ) {}

  selection(type: GraphQLCompositeType, depth: number): string {
    const parts = ['__typename'];
    if (isAbstractType(type)) {
      for (const each of this.schema.getPossibleTypes(type))
        parts.push(`... on ${each.name} ${this.selection(each, depth)}`);
    } else {
      for (const field of Object.values(type.getFields())) {
        const text = this.field(type.name, field, depth);
        // Members of a union may have fields of one name and other nullability.
        if (text !== null) parts.push(`${type.name}_${field.name}: ${text}`);
      }
    }
    return `{ ${parts.join(' ')} }`;
  }

  /** `name(arguments) { … }`, or null where it cannot be asked or lies too deep. */
  field(owner: string, field: GraphQLField<unknown, unknown>, depth: number): string | null {
    const named = getNamedType(field.type);
    if (isCompositeType(named) && depth === 0) return null;
    const args: string[] = [];
    for (const argument of field.args) {
      const value = this.valueOf(argument, `${owner}.${field.name}`);
      if (value === undefined) {
        if (!isNonNullType(argument.type) || argument.defaultValue !== undefined) continue;
        this.leftOut.add(`${owner}.${field.name}`);
        return null;
      }
      args.push(`${argument.name}: ${print(astFromValue(value, argument.type)!)}`);
    }
    this.asked.add(`${owner}.${field.name}`);
    const called = args.length > 0 ? `${field.name}(${args.join(', ')})` : field.name;
    return isCompositeType(named) ? `${called} ${this.selection(named, depth - 1)}` : called;
  }

  private valueOf({ name, type }: Pick<GraphQLArgument, 'name' | 'type'>, owner: string): unknown {
    const named = getNamedType(type);
    const given = this.supply(name, owner);
    if (given !== undefined) return isListed(type) && !Array.isArray(given) ? [given] : given;
    if (isInputObjectType(named)) {
      const fields = Object.values(named.getFields()).map((field) => [
        field.name,
        this.valueOf(field, `${owner}.${name}`),
      ]);
      const value = Object.fromEntries(fields.filter(([, each]) => each !== undefined)) as Record<string, unknown>;
      return isListed(type) ? [value] : value;
    }
    if (isNonNullType(type) && isEnumType(named)) return named.getValues()[0]?.value;
    return undefined;
  }
}

function isListed(type: GraphQLInputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

/** The operation type's fields, or none. */
export function rootFields(schema: GraphQLSchema, root: 'Query' | 'Mutation'): GraphQLField<unknown, unknown>[] {
  const type = schema.getType(root);
  return isObjectType(type) ? Object.values(type.getFields()) : [];
}
