import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionNode,
  type ValueNode,
} from 'graphql';
import { Fault } from '../platform/errors/errors.js';
import { readCostModel, type CostModel, type ListSize } from './cost-model.js';
import type { PreparedOperation } from './documents.js';

export interface Limits {
  cost: number;
  depth: number;
  aliases: number;
}
export const DEFAULT_LIMITS: Limits = { cost: 10_000, depth: 15, aliases: 50 };

/** Of a list that nothing is said about: errors of a payload, devices of a person. */
const UNKNOWN_LIST = 10;
const MUTATION_WEIGHT = 10;

export interface Measure {
  cost: number;
  depth: number;
  aliases: number;
  /** Whether it asks for the schema itself. */
  introspects: boolean;
}

/**
 * Static limits: what an operation may cost at most is reckoned before it runs, from @cost, @listSize and the values of
 * its variables, as Apollo's demand control does: 1 an object, 0 a scalar, 10 a mutation. @skip and @include are not
 * looked at, and of fragments on different types of one object the dearest counts.
 */
export class OperationLimits {
  private readonly model: CostModel;
  private readonly known = new WeakMap<PreparedOperation, Measure>();

  constructor(
    private readonly schema: GraphQLSchema,
    supergraph: DocumentNode,
    private readonly limits: Limits = DEFAULT_LIMITS,
  ) {
    this.model = readCostModel(supergraph);
  }

  /** The measure of an operation that is within the limits; throws COST_LIMIT otherwise, or BAD_USER_INPUT for a page without a size. */
  check(prepared: PreparedOperation, variables: Record<string, unknown>): Measure {
    const measure = this.measure(prepared, variables);
    const { cost, depth, aliases } = this.limits;
    if (measure.depth > depth) throw tooMuch('depth', measure.depth, depth, 'The operation is nested too deeply');
    if (measure.aliases > aliases)
      throw tooMuch('aliases', measure.aliases, aliases, 'The operation has too many aliases');
    if (measure.cost > cost)
      throw tooMuch('cost', measure.cost, cost, 'The operation costs too much: ask for fewer or smaller pages');
    return measure;
  }

  measure(prepared: PreparedOperation, variables: Record<string, unknown>): Measure {
    const known = this.known.get(prepared);
    if (known) return known;
    const walk = new Walk(this.schema, this.model, prepared, variables);
    const measure = walk.run();
    if (!walk.dependsOnVariables) this.known.set(prepared, measure);
    return measure;
  }
}

function tooMuch(what: string, requested: number, maximum: number, message: string): Fault {
  const extensions = { cost: { limit: what, requested, maximum } };
  return new Fault('COST_LIMIT', `${message} (${requested}; ${maximum} are allowed).`, { extensions });
}

const nothing: Measure = { cost: 0, depth: 0, aliases: 0, introspects: false };

function add(a: Measure, b: Measure): Measure {
  return {
    cost: a.cost + b.cost,
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    introspects: a.introspects || b.introspects,
  };
}

/** Sizes that a field hands down to fields of the object it returns. */
type Sized = ReadonlyMap<string, number>;
const unsized: Sized = new Map();

class Walk {
  dependsOnVariables = false;
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly measured = new Map<string, Measure>();
  private readonly open = new Set<string>();
  private readonly defaults = new Map<string, unknown>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly model: CostModel,
    private readonly prepared: PreparedOperation,
    private readonly variables: Record<string, unknown>,
  ) {
    for (const node of prepared.document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
    for (const { variable, defaultValue } of prepared.operation.variableDefinitions ?? [])
      if (defaultValue) this.defaults.set(variable.name.value, valueFromASTUntyped(defaultValue));
  }

  run(): Measure {
    const { operation } = this.prepared;
    const root = this.schema.getRootType(operation.operation);
    return root ? this.selections(operation.selectionSet.selections, root, unsized) : nothing;
  }

  private selections(nodes: readonly SelectionNode[], type: GraphQLCompositeType, sized: Sized): Measure {
    let common = nothing;
    const alternatives = new Map<string, Measure>();
    for (const node of nodes) {
      if (node.kind === Kind.FIELD) {
        common = add(common, this.field(node, type, sized));
        continue;
      }
      const condition = this.conditionOf(node, type);
      const inner =
        node.kind === Kind.INLINE_FRAGMENT
          ? this.selections(node.selectionSet.selections, condition, sized)
          : this.spread(node.name.value, condition, sized);
      if (isAbstractType(type) && isObjectType(condition))
        alternatives.set(condition.name, add(alternatives.get(condition.name) ?? nothing, inner));
      else common = add(common, inner);
    }
    return add(common, dearest(alternatives.values()));
  }

  private conditionOf(node: Exclude<SelectionNode, FieldNode>, type: GraphQLCompositeType): GraphQLCompositeType {
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.fragments.get(node.name.value);
    const condition = fragment?.typeCondition ? this.schema.getType(fragment.typeCondition.name.value) : type;
    return isCompositeType(condition) ? condition : type;
  }

  private spread(name: string, type: GraphQLCompositeType, sized: Sized): Measure {
    const fragment = this.fragments.get(name);
    if (!fragment || this.open.has(name)) return nothing;
    const key = sized.size === 0 ? name : `${name} ${JSON.stringify([...sized])}`;
    let measure = this.measured.get(key);
    if (!measure) {
      this.open.add(name);
      measure = this.selections(fragment.selectionSet.selections, type, sized);
      this.open.delete(name);
      this.measured.set(key, measure);
    }
    return measure;
  }

  private field(node: FieldNode, parent: GraphQLCompositeType, sized: Sized): Measure {
    const name = node.name.value;
    const aliases = node.alias ? 1 : 0;
    if (name.startsWith('__')) {
      const depth = name === '__typename' ? 1 : depthOf(node);
      return { cost: 0, depth, aliases, introspects: name !== '__typename' };
    }
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    if (!field) return { ...nothing, depth: 1, aliases };
    const key = `${parent.name}.${name}`;
    const listSize = this.model.listSizes.get(key);
    const size = listSize ? this.sizeOf(node, field, listSize) : null;
    const handedDown: Sized =
      listSize && size !== null ? new Map(listSize.sizedFields.map((each) => [each, size])) : unsized;
    const times = this.isList(field.type)
      ? (sized.get(name) ?? (listSize?.sizedFields.length ? null : size) ?? UNKNOWN_LIST)
      : 1;
    const type = getNamedType(field.type);
    const inner =
      isCompositeType(type) && node.selectionSet
        ? this.selections(node.selectionSet.selections, type, handedDown)
        : nothing;
    const weight = this.model.weights.get(key) ?? this.model.weights.get(type.name) ?? (isCompositeType(type) ? 1 : 0);
    const isMutation = parent === this.schema.getMutationType();
    return {
      cost: times * (weight + inner.cost) + this.argumentsCost(node, key) + (isMutation ? MUTATION_WEIGHT : 0),
      depth: inner.depth + 1,
      aliases: inner.aliases + aliases,
      introspects: inner.introspects,
    };
  }

  private argumentsCost(node: FieldNode, key: string): number {
    let cost = 0;
    for (const argument of node.arguments ?? []) cost += this.model.weights.get(`${key}.${argument.name.value}`) ?? 0;
    return cost;
  }

  private sizeOf(node: FieldNode, field: GraphQLField<unknown, unknown>, listSize: ListSize): number | null {
    const given: number[] = [];
    for (const path of listSize.slicingArguments) {
      const size = toSize(this.argument(node, field, path));
      if (size !== null) given.push(size);
    }
    const names = listSize.slicingArguments.map((path) => path.join('.')).join(' or ');
    if (given.length > 1 && listSize.requireOneSlicingArgument)
      throw new Fault('BAD_USER_INPUT', `Field "${field.name}" takes only one of ${names}.`);
    if (given.length > 0) return Math.max(...given);
    if (listSize.assumedSize !== null) return listSize.assumedSize;
    if (names !== '' && listSize.requireOneSlicingArgument)
      throw new Fault('BAD_USER_INPUT', `Say how many you want: field "${field.name}" needs ${names}.`);
    return UNKNOWN_LIST;
  }

  private argument(node: FieldNode, field: GraphQLField<unknown, unknown>, [name, ...rest]: string[]): unknown {
    const given = node.arguments?.find((argument) => argument.name.value === name);
    let value = given ? this.valueOf(given.value) : undefined;
    if (value === undefined) value = field.args.find((argument) => argument.name === name)?.defaultValue;
    for (const key of rest) value = (value as Record<string, unknown> | null | undefined)?.[key];
    return value;
  }

  private valueOf(node: ValueNode): unknown {
    if (node.kind === Kind.VARIABLE) {
      this.dependsOnVariables = true;
      const value = this.variables[node.name.value];
      return value === undefined ? this.defaults.get(node.name.value) : value;
    }
    if (node.kind === Kind.LIST) return node.values.map((each) => this.valueOf(each));
    if (node.kind === Kind.OBJECT)
      return Object.fromEntries(node.fields.map((each) => [each.name.value, this.valueOf(each.value)]));
    return valueFromASTUntyped(node);
  }

  private isList(type: GraphQLOutputType): boolean {
    return isListType(isNonNullType(type) ? type.ofType : type);
  }
}

function toSize(value: unknown): number | null {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : null;
}

function dearest(measures: Iterable<Measure>): Measure {
  let result = nothing;
  for (const { cost, depth, aliases, introspects } of measures)
    result = {
      cost: Math.max(result.cost, cost),
      depth: Math.max(result.depth, depth),
      aliases: result.aliases + aliases,
      introspects: result.introspects || introspects,
    };
  return result;
}

/** Of introspection, which has types of its own. Fragments in it are left out. */
function depthOf(node: FieldNode): number {
  let depth = 0;
  for (const selection of node.selectionSet?.selections ?? [])
    if (selection.kind === Kind.FIELD) depth = Math.max(depth, depthOf(selection));
  return depth + 1;
}
