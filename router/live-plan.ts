import type { FetchNode, PlanNode } from '@apollo/query-planner';
import { Kind, print, visit, type DocumentNode, type ExecutionResult } from 'graphql';
import type { Caller } from '../platform/auth/caller.js';
import { findOperation, type PreparedOperation } from './documents.js';
import { formatResult } from './errors.js';
import type { Gateway } from './gateway.js';

export type RunPrimary = (
  query: string,
  variables: Record<string, unknown>,
  operationName: string | undefined,
) => Promise<ExecutionResult>;

const plans = new WeakMap<Gateway, WeakMap<DocumentNode, Map<string | null, LivePlan>>>();

/**
 * A subscription split by the query planner: `primary` runs in the subgraph that knows the event, the rest in those that
 * know more about what it names. The root field's `after` is not part of it: where a stream starts is the hub's matter.
 */
export class LivePlan {
  private constructor(
    private readonly gateway: Gateway,
    readonly rootField: string,
    private readonly prepared: PreparedOperation,
    readonly primary: FetchNode,
    readonly rest: PlanNode | null,
  ) {}

  /** The same plan for the same document and name. `document`: a subscription, validated. */
  static create(gateway: Gateway, document: DocumentNode, operationName: string | null): LivePlan {
    let ofGateway = plans.get(gateway);
    if (!ofGateway) plans.set(gateway, (ofGateway = new WeakMap()));
    let byName = ofGateway.get(document);
    if (!byName) ofGateway.set(document, (byName = new Map<string | null, LivePlan>()));
    let plan = byName.get(operationName);
    if (!plan) byName.set(operationName, (plan = LivePlan.plan(gateway, document, operationName)));
    return plan;
  }

  private static plan(gateway: Gateway, original: DocumentNode, operationName: string | null): LivePlan {
    const document = withoutAfter(original, operationName);
    const definition = findOperation(document, operationName);
    if (definition instanceof Error) throw definition;
    const { operation, plan } = gateway.planOf(document, operationName);
    if (plan.node?.kind !== 'Subscription') throw new Error('not a subscription');
    const root = operation.selectionSet.selections()[0];
    if (root?.kind !== 'FieldSelection') throw new Error('a subscription without a field at its root');
    const prepared = { query: print(document), hash: '', document, operation: definition, operationName };
    const { primary, rest } = plan.node;
    return new LivePlan(gateway, root.element.name, prepared, primary, rest ?? null);
  }

  /** The name of the subgraph that runs `primary`. */
  get subgraph(): string {
    return this.primary.serviceName;
  }

  /** What a client gets for one event. `data` is null where the event's own subgraph could not answer. */
  async execute(variables: Record<string, unknown>, runPrimary: RunPrimary, caller: Caller): Promise<ExecutionResult> {
    const used: Record<string, unknown> = {};
    for (const name of this.primary.variableUsages ?? [])
      if (variables[name] !== undefined) used[name] = variables[name];
    const result = await runPrimary(this.primary.operation, used, this.primary.operationName);
    if (!result.data) return formatResult({ data: null, errors: result.errors }, this.gateway.log);
    if (!this.rest) return this.gateway.shape(this.prepared, variables, result);
    const first = { fetch: this.primary, result };
    return this.gateway.executeAfter(this.prepared, first, this.rest, variables, caller);
  }
}

/** The document without the root field's `after`, and without the variables that only it used. */
function withoutAfter(document: DocumentNode, operationName: string | null): DocumentNode {
  const stripped = visit(document, {
    Field: (node) => {
      if (node.name.value !== 'conversationEvents' && node.name.value !== 'inboxEvents') return undefined;
      return { ...node, arguments: node.arguments?.filter((argument) => argument.name.value !== 'after') };
    },
  });
  const used = new Set<string>();
  visit(stripped, {
    VariableDefinition: (node) => {
      void node;
      return false;
    },
    Variable: (node) => {
      used.add(node.name.value);
    },
  });
  return {
    ...stripped,
    definitions: stripped.definitions
      .filter(
        (node) =>
          node.kind !== Kind.OPERATION_DEFINITION || operationName === null || node.name?.value === operationName,
      )
      .map((node) =>
        node.kind === Kind.OPERATION_DEFINITION
          ? {
              ...node,
              variableDefinitions: node.variableDefinitions?.filter((each) => used.has(each.variable.name.value)),
            }
          : node,
      ),
  };
}
