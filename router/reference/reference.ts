import {
  astFromValue,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  print,
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import type { Rules } from '../../platform/rate-limit/rules.js';
import { readCostModel, type CostModel } from '../cost-model.js';

/** A field, an argument, a value of an enum, or a type that stands for another. */
export interface Member {
  name: string;
  /** As in SDL; null for values of enums and members of unions. */
  type: string | null;
  default: string | null;
  description: string;
  arguments: Member[];
}

export type EntryKind =
  'query' | 'mutation' | 'subscription' | 'object' | 'interface' | 'union' | 'input' | 'enum' | 'scalar';

/** An operation or a type. */
export interface Entry {
  kind: EntryKind;
  name: string;
  /** Unique in the reference, for links. */
  anchor: string;
  description: string;
  /** Of an operation: what it returns. */
  type: string | null;
  interfaces: string[];
  members: Member[];
  /** Sentences about what it costs and how often it may be asked. */
  notes: string[];
}

export interface Section {
  title: string;
  entries: Entry[];
}

export const anchorOf = (kind: 'type' | 'query' | 'mutation' | 'subscription', name: string) => `${kind}-${name}`;

/** All that clients can ask for: `schema` is what they see, costs come from the supergraph. */
export function describeApi(schema: GraphQLSchema, supergraph: DocumentNode, rules: Rules): Section[] {
  const costs = readCostModel(supergraph);
  const operations = (kind: 'query' | 'mutation' | 'subscription') => {
    const type = { query: schema.getQueryType(), mutation: schema.getMutationType() }[kind as 'query' | 'mutation'];
    const root = kind === 'subscription' ? schema.getSubscriptionType() : type;
    return Object.values(root?.getFields() ?? {}).map((field): Entry => ({
      kind,
      name: field.name,
      anchor: anchorOf(kind, field.name),
      description: field.description ?? '',
      type: String(field.type),
      interfaces: [],
      members: field.args.map(toMember),
      notes: notesOn(`${root!.name}.${field.name}`, field.name, costs, rules),
    }));
  };
  const roots = new Set<unknown>([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !roots.has(type) && !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const those = (fits: (type: GraphQLNamedType) => boolean) => types.filter(fits).map(toEntry).sort(byName);
  const sections = [
    { title: 'Queries', entries: operations('query').sort(byName) },
    { title: 'Mutations', entries: operations('mutation').sort(byName) },
    { title: 'Subscriptions', entries: operations('subscription').sort(byName) },
    { title: 'Objects', entries: those(isObjectType) },
    { title: 'Interfaces and unions', entries: those((type) => isInterfaceType(type) || isUnionType(type)) },
    { title: 'Inputs', entries: those(isInputObjectType) },
    { title: 'Enums', entries: those(isEnumType) },
    { title: 'Scalars', entries: those(isScalarType) },
  ];
  return sections.filter(({ entries }) => entries.length > 0);
}

function toEntry(type: GraphQLNamedType): Entry {
  return {
    kind: kindOf(type),
    name: type.name,
    anchor: anchorOf('type', type.name),
    description: type.description ?? '',
    type: null,
    interfaces: isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().map(({ name }) => name) : [],
    members: membersOf(type),
    notes: isScalarType(type) && type.specifiedByURL ? [`Specified by ${type.specifiedByURL}`] : [],
  };
}

function kindOf(type: GraphQLNamedType): EntryKind {
  if (isInterfaceType(type)) return 'interface';
  if (isUnionType(type)) return 'union';
  if (isInputObjectType(type)) return 'input';
  if (isEnumType(type)) return 'enum';
  return isScalarType(type) ? 'scalar' : 'object';
}

function membersOf(type: GraphQLNamedType): Member[] {
  const plain = (name: string, description: string | null | undefined, ofType: string | null = null): Member => ({
    name,
    type: ofType,
    default: null,
    description: description ?? '',
    arguments: [],
  });
  if (isUnionType(type)) return type.getTypes().map(({ name }) => plain(name, null, name));
  if (isEnumType(type)) return type.getValues().map(({ name, description }) => plain(name, description));
  if (isScalarType(type)) return [];
  return Object.values(type.getFields()).map(toMember);
}

function toMember(field: GraphQLField<unknown, unknown> | GraphQLInputField | GraphQLArgument): Member {
  return {
    name: field.name,
    type: String(field.type),
    default: 'defaultValue' in field ? defaultOf(field) : null,
    description: field.description ?? '',
    arguments: 'args' in field ? field.args.map(toMember) : [],
  };
}

function defaultOf({ defaultValue, type }: GraphQLArgument | GraphQLInputField): string | null {
  const node = defaultValue === undefined ? null : astFromValue(defaultValue, type);
  return node ? print(node) : null;
}

function notesOn(key: string, name: string, { weights, listSizes }: CostModel, rules: Rules): string[] {
  const notes: string[] = [];
  const weight = weights.get(key);
  const size = listSizes.get(key);
  if (weight !== undefined) notes.push(`Costs ${weight}, and what is selected.`);
  if (size?.slicingArguments.length)
    notes.push(`What is selected costs as often as \`${size.slicingArguments.map(String).join('` or `')}\` says.`);
  else if (size?.assumedSize) notes.push(`What is selected costs ${size.assumedSize} times.`);
  for (const [rule, limit] of Object.entries(rules ?? {})) {
    const [operation, who] = rule.split('.');
    if (operation !== name || !who || !limit) continue;
    notes.push(
      `${limit.points.toLocaleString('en')} times in ${limit.seconds} s ${allowed[who] ?? `for each ${who}`}.`,
    );
  }
  return notes;
}

const allowed: Record<string, string> = {
  person: 'for each person',
  network: 'from each network without signing in',
  login: 'for each name or address',
  conversation: 'in each conversation',
};

function byName(a: Entry, b: Entry): number {
  return a.name < b.name ? -1 : 1;
}
