import {
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  valueFromASTUntyped,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionNode,
} from 'graphql';
import type { PreparedOperation } from './documents.js';

type Values = Record<string, unknown>;

/**
 * What the client gets of a field from what subgraphs gave for it: null where that does not fit its type, and undefined where
 * it may not be null, so that its parent is. `before`: what another selection of the same field has brought already.
 */
type Complete = (given: unknown, before: unknown, variables: Values) => unknown;

interface Field {
  key: string;
  /** @skip and @include that variables decide: all have to hold. */
  conditions: readonly Condition[];
  /** Null: __typename. */
  complete: Complete | null;
}

interface Condition {
  variable: string;
  wanted: boolean;
}

/** What is asked of objects of one type, fragments resolved. */
interface Fields {
  /** Null of an abstract type, where the object does not say which it is. */
  typename: string | null;
  fields: readonly Field[];
}

/**
 * How the answer to one operation looks, worked out once: what the gateway's computeResponse finds out anew for each value.
 * As there: only what was asked for leaves, in the order of the query; a value that does not fit its type is null, and the
 * null goes up to the next field that may be.
 */
export class ResultShape {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly defaults: Values = {};
  private readonly root: SelectedObject;

  constructor(
    readonly schema: GraphQLSchema,
    { document, operation }: PreparedOperation,
  ) {
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
    for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
      if (defaultValue) this.defaults[variable.name.value] = valueFromASTUntyped(defaultValue);
    const type = schema.getRootType(operation.operation);
    if (!type) throw new Error(`the schema has no ${operation.operation}`);
    this.root = new SelectedObject(this, type, operation.selectionSet.selections);
  }

  /** `data`: all that subgraphs gave, of which nothing is changed. `variables`: they fit the operation. */
  apply(data: Values, variables: Values): Values | null {
    return this.root.complete(data, undefined, { ...this.defaults, ...variables });
  }

  fragment(name: string): FragmentDefinitionNode {
    const fragment = this.fragments.get(name);
    if (!fragment) throw new Error(`the document has no fragment ${name}`);
    return fragment;
  }
}

/** A selection set, and what it asks of objects of each type that came so far. */
class SelectedObject {
  private readonly byType = new Map<string, Fields | null>();

  constructor(
    private readonly shape: ResultShape,
    private readonly type: GraphQLCompositeType,
    private readonly selections: readonly SelectionNode[],
  ) {}

  complete(given: Values, before: Values | undefined, variables: Values): Values | null {
    const asked = this.askedOf(given.__typename);
    if (!asked) return null;
    const result = before ?? new Result();
    for (const { key, conditions, complete } of asked.fields) {
      if (conditions.length > 0 && !conditions.every(({ variable, wanted }) => variables[variable] === wanted))
        continue;
      const value = complete
        ? complete(Object.hasOwn(given, key) ? given[key] : null, result[key], variables)
        : (asked.typename ?? undefined);
      if (value === undefined) return null;
      result[key] = value;
    }
    return result;
  }

  /** `typename`: as the object says, which it need not where it can be of one type only. */
  private askedOf(typename: unknown): Fields | null {
    const name = typeof typename === 'string' ? typename : this.type.name;
    let asked = this.byType.get(name);
    if (asked === undefined) this.byType.set(name, (asked = this.ask(name)));
    return asked;
  }

  /** Null where the schema has no such type. */
  private ask(name: string): Fields | null {
    const type = this.shape.schema.getType(name);
    if (!isCompositeType(type)) return null;
    return { typename: isObjectType(type) ? name : null, fields: [...this.fieldsOf(type, this.selections, [])] };
  }

  private *fieldsOf(
    type: GraphQLCompositeType,
    selections: readonly SelectionNode[],
    outer: readonly Condition[],
  ): Generator<Field> {
    for (const node of selections) {
      const conditions = conditionsOf(node, outer);
      if (!conditions) continue;
      if (node.kind === Kind.FIELD) {
        yield { key: (node.alias ?? node.name).value, conditions, complete: this.completeOf(type, node) };
        continue;
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.shape.fragment(node.name.value);
      const condition = fragment.typeCondition?.name.value;
      if (condition === undefined || this.isOf(type, condition))
        yield* this.fieldsOf(type, fragment.selectionSet.selections, conditions);
    }
  }

  private isOf(type: GraphQLCompositeType, condition: string): boolean {
    if (type.name === condition) return true;
    const wider = this.shape.schema.getType(condition);
    return isAbstractType(wider) && !isUnionType(type) && this.shape.schema.isSubType(wider, type);
  }

  private completeOf(parent: GraphQLCompositeType, node: FieldNode): Complete | null {
    if (node.name.value === '__typename') return null;
    const field = isUnionType(parent) ? undefined : parent.getFields()[node.name.value];
    // Introspection, which the gateway answers itself.
    if (!field) return () => null;
    return completing(field.type, (type) => {
      const selected = new SelectedObject(this.shape, type, node.selectionSet?.selections ?? []);
      return (given, before, variables) =>
        isValues(given) && before !== null ? selected.complete(given, before as Values | undefined, variables) : null;
    });
  }
}

function completing(type: GraphQLOutputType, completingObject: (type: GraphQLCompositeType) => Complete): Complete {
  if (isNonNullType(type)) {
    const nullable = completing(type.ofType, completingObject);
    return (given, before, variables) => nullable(given, before, variables) ?? undefined;
  }
  if (isListType(type)) return completingList(completing(type.ofType, completingObject));
  if (isCompositeType(type)) return completingObject(type);
  const fits = leaf(type);
  return (given) => (given !== null && fits(given) ? given : null);
}

function completingList(completeItem: Complete): Complete {
  return (given, before, variables) => {
    if (!Array.isArray(given) || before === null) return null;
    const items: unknown[] = [];
    for (const [index, each] of given.entries()) {
      const item = completeItem(each, (before as unknown[] | undefined)?.[index], variables);
      if (item === undefined) return null;
      items.push(item);
    }
    return items;
  };
}

/** Whether a value may be one of a scalar or an enum; of scalars of the API's own nothing is known here. */
function leaf(type: GraphQLLeafType): (given: unknown) => boolean {
  if (isEnumType(type)) return (given) => typeof given === 'string' && type.getValue(given) !== undefined;
  return scalars.get(type.name) ?? (() => true);
}

const isString = (given: unknown) => typeof given === 'string';
const scalars = new Map<string, (given: unknown) => boolean>([
  ['Int', Number.isInteger],
  ['Float', Number.isFinite],
  ['String', isString],
  ['Boolean', (given) => typeof given === 'boolean'],
  ['ID', (given) => isString(given) || Number.isInteger(given)],
]);

/** Null where it is left out whatever the variables are. */
function conditionsOf({ directives }: SelectionNode, outer: readonly Condition[]): readonly Condition[] | null {
  if (!directives || directives.length === 0) return outer;
  const conditions = [...outer];
  for (const { name, arguments: given } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const wanted = name.value === 'include';
    const value = given?.[0]?.value;
    if (value?.kind === Kind.VARIABLE) conditions.push({ variable: value.name.value, wanted });
    else if (value?.kind === Kind.BOOLEAN && value.value !== wanted) return null;
  }
  return conditions;
}

function isValues(given: unknown): given is Values {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

/**
 * Without a prototype: an alias may be `__proto__`. Made by a constructor, because V8 keeps what Object.create(null) makes as
 * hash tables, which are slower to fill and to write out.
 */
const Result = function () {} as unknown as new () => Values;
Result.prototype = Object.create(null) as object;
