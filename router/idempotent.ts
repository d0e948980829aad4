import {
  getNamedType,
  isInputObjectType,
  Kind,
  OperationTypeNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** Input fields by which a client names an attempt, so that a retry returns the first result. */
const KEYS = ['clientMessageId', 'clientMutationId'];

/** Whether it is a mutation of which every root field may run twice: its input names the attempt. */
export function isIdempotent(schema: GraphQLSchema, { operation, selectionSet }: OperationDefinitionNode): boolean {
  const fields = operation === OperationTypeNode.MUTATION && schema.getMutationType()?.getFields();
  if (!fields) return false;
  const namesAttempt = (name: string) =>
    fields[name]?.args.some(({ type }) => {
      const input = getNamedType(type);
      return isInputObjectType(input) && KEYS.some((key) => key in input.getFields());
    });
  return selectionSet.selections.every((each) => each.kind === Kind.FIELD && namesAttempt(each.name.value));
}
