import { createHash } from 'node:crypto';
import { Kind, getArgumentValues, getVariableValues, type FieldNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Person } from '../../platform/auth/caller.js';
import { Fault } from '../../platform/errors/errors.js';
import type { LiveOperation } from '../live-streams.js';
import { rootField, selects, soleVariable } from './document.js';
import { inClass } from './read-classes.js';
import type { RenderGroup } from './renderer.js';

/** What does not depend on variables and viewer, kept by the document's text. */
interface Shape {
  group: Omit<RenderGroup, 'key' | 'variables' | 'viewer'>;
  perViewer: boolean;
  /** Whether it selects what others have read, and is not executed for each viewer anyhow. */
  othersReads: boolean;
}

/** Selected by a viewer who hides what they have read, it is null. */
const othersReads = new Set(['Watermark.readSeq']);

/** What a subscription asks for: its root field with arguments, and the group of subscribers that get the same bytes. */
export class OperationReader {
  private readonly shapes = new LRUCache<string, Shape>({ max: 1_000 });

  constructor(
    private readonly schema: GraphQLSchema,
    /** `Type.field` of what depends on who asks. */
    private readonly perViewer: Set<string>,
    private readonly hidesReads: (userId: string) => Promise<boolean>,
  ) {}

  /** Throws BAD_USER_INPUT where variables or arguments are not valid. */
  async read(
    operation: LiveOperation,
    viewer: Person,
  ): Promise<{ name: string; args: Record<string, unknown>; group: RenderGroup }> {
    const { field, afterVariable } = rootField(operation.document, operation.operationName);
    const name = field.name.value;
    return {
      name,
      args: this.argumentsOf(operation, field),
      group: await this.groupOf(operation, field, afterVariable, viewer),
    };
  }

  private argumentsOf(operation: LiveOperation, field: FieldNode): Record<string, unknown> {
    const { schema } = this;
    const definition = operation.document.definitions.find(
      (node) =>
        node.kind === Kind.OPERATION_DEFINITION &&
        (operation.operationName === null || node.name?.value === operation.operationName),
    );
    if (definition?.kind !== Kind.OPERATION_DEFINITION)
      throw new Fault('BAD_USER_INPUT', 'There is no such operation.');
    const coerced = getVariableValues(schema, definition.variableDefinitions ?? [], operation.variables);
    if (coerced.errors) throw new Fault('BAD_USER_INPUT', coerced.errors[0]?.message ?? 'A variable is not valid.');
    const fieldDefinition = schema.getSubscriptionType()?.getFields()[field.name.value];
    if (!fieldDefinition) throw new Fault('BAD_USER_INPUT', 'There is no such subscription.');
    return getArgumentValues(fieldDefinition, field, coerced.coerced);
  }

  private async groupOf(
    operation: LiveOperation,
    field: FieldNode,
    afterVariable: string | null,
    viewer: Person,
  ): Promise<RenderGroup> {
    const name = field.name.value;
    const source = operation.document.loc?.source.body ?? '';
    const shapeKey = `${operation.operationName ?? ''}\n${source}`;
    let shape = this.shapes.get(shapeKey);
    if (!shape) {
      const { document, operationName } = operation;
      const perViewer = selects(this.schema, document, this.perViewer);
      shape = {
        group: { document, operationName, rootField: name },
        perViewer,
        othersReads: !perViewer && selects(this.schema, document, othersReads),
      };
      this.shapes.set(shapeKey, shape);
    }
    const variables = { ...operation.variables };
    if (afterVariable !== null) delete variables[afterVariable];
    // Whom a stream follows makes no difference to how one of them looks.
    const people = name === 'presenceChanged' ? soleVariable(operation.document, field, 'userIds') : null;
    if (people !== null) variables[people] = [];
    const viewerKey = shape.perViewer ? viewer.userId : '';
    const group = {
      ...shape.group,
      key: digest(`${viewerKey}\n${JSON.stringify(variables)}\n${shapeKey}`),
      variables,
      viewer: shape.perViewer ? viewer : null,
    };
    return shape.othersReads ? inClass(group, await this.hidesReads(viewer.userId)) : group;
  }
}

/** Short, as each rendering is looked up by it. */
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
