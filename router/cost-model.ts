import { Kind, valueFromASTUntyped, type ConstDirectiveNode, type DocumentNode } from 'graphql';

/** @listSize of a field (IBM's cost specification, https://ibm.github.io/graphql-specs/cost-spec.html). */
export interface ListSize {
  assumedSize: number | null;
  /** Paths of arguments, such as ["first"] or ["input", "first"]. */
  slicingArguments: string[][];
  sizedFields: string[];
  requireOneSlicingArgument: boolean;
}

/** What @cost and @listSize in the supergraph say, by `Type`, `Type.field` and `Type.field.argument`. */
export interface CostModel {
  weights: Map<string, number>;
  listSizes: Map<string, ListSize>;
}

/** Reads the directives of a supergraph, under the names that composition gives them. */
export function readCostModel(supergraph: DocumentNode): CostModel {
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  const weigh = (key: string, directives: readonly ConstDirectiveNode[] | undefined) => {
    const weight = argumentsOf(directives, 'cost')?.weight;
    if (weight !== undefined) weights.set(key, Number(weight));
  };
  for (const type of supergraph.definitions) {
    if (type.kind === Kind.SCALAR_TYPE_DEFINITION || type.kind === Kind.ENUM_TYPE_DEFINITION)
      weigh(type.name.value, type.directives);
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    weigh(type.name.value, type.directives);
    for (const field of type.fields ?? []) {
      const key = `${type.name.value}.${field.name.value}`;
      weigh(key, field.directives);
      for (const argument of field.arguments ?? []) weigh(`${key}.${argument.name.value}`, argument.directives);
      const size = argumentsOf(field.directives, 'listSize');
      if (size) listSizes.set(key, toListSize(size));
    }
  }
  return { weights, listSizes };
}

function toListSize(size: Record<string, unknown>): ListSize {
  return {
    assumedSize: typeof size.assumedSize === 'number' ? size.assumedSize : null,
    slicingArguments: ((size.slicingArguments as string[] | undefined) ?? []).map((path) => path.split('.')),
    sizedFields: (size.sizedFields as string[] | undefined) ?? [],
    requireOneSlicingArgument: size.requireOneSlicingArgument !== false,
  };
}

function argumentsOf(
  directives: readonly ConstDirectiveNode[] | undefined,
  name: string,
): Record<string, unknown> | null {
  const found = directives?.find(({ name: { value } }) => value === name || value === `federation__${name}`);
  if (!found) return null;
  return Object.fromEntries(
    (found.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]),
  );
}
