import {
  Kind,
  TypeInfo,
  getNamedType,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type SelectionNode,
} from 'graphql';

/** `Type.field` of every field that carries @perViewer in the supergraph. */
export function perViewerFields(supergraph: DocumentNode): Set<string> {
  const found = new Set<string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of definition.fields ?? [])
      if (field.directives?.some((directive) => directive.name.value === 'perViewer'))
        found.add(`${definition.name.value}.${field.name.value}`);
  }
  return found;
}

/** Whether the document selects one of these fields, given as `Type.field`. */
export function selects(schema: GraphQLSchema, document: DocumentNode, fields: Set<string>): boolean {
  const typeInfo = new TypeInfo(schema);
  let selected = false;
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field() {
        const parent = typeInfo.getParentType();
        const field = typeInfo.getFieldDef();
        if (parent && field && fields.has(`${getNamedType(parent).name}.${field.name}`)) selected = true;
      },
    }),
  );
  return selected;
}

/** The one field that a validated subscription selects, and the variable that its `after` is read from, if any. */
export function rootField(
  document: DocumentNode,
  operationName: string | null,
): { field: FieldNode; afterVariable: string | null } {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName !== null && definition.name?.value !== operationName) continue;
    const field = firstField(document, definition.selectionSet.selections);
    if (!field) break;
    const after = field.arguments?.find((argument) => argument.name.value === 'after')?.value;
    return { field, afterVariable: after?.kind === Kind.VARIABLE ? after.name.value : null };
  }
  throw new Error('not a subscription that was validated');
}

/** The variable that this argument is given as a whole, where nothing else in the document uses it. */
export function soleVariable(document: DocumentNode, field: FieldNode, argument: string): string | null {
  const value = field.arguments?.find(({ name }) => name.value === argument)?.value;
  if (value?.kind !== Kind.VARIABLE) return null;
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      if (name.value === value.name.value) uses++;
    },
  });
  return uses === 1 ? value.name.value : null;
}

type Selections = readonly SelectionNode[];

function firstField(document: DocumentNode, selections: Selections): FieldNode | null {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return selection;
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : document.definitions.find(
            (definition) =>
              definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
          );
    const found =
      inner && 'selections' in inner
        ? inner.selections
        : inner && 'selectionSet' in inner
          ? inner.selectionSet?.selections
          : null;
    const field = found ? firstField(document, found) : null;
    if (field) return field;
  }
  return null;
}
