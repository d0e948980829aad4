import 'reflect-metadata';
import { DirectiveLocation, GraphQLDirective } from 'graphql';
import { Directive } from 'type-graphql';

export const perViewerDirective = new GraphQLDirective({
  name: 'perViewer',
  description:
    'The value depends on who asks: subscriptions that select it are executed once per viewer, all others once for everybody.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
});

/** The value depends on who asks. */
export const PerViewer = () => Directive('@perViewer');
export const Shareable = () => Directive('@shareable');
/** For other subgraphs alone: it is not in what clients see. */
export const Inaccessible = () => Directive('@inaccessible');
/** An entity that other subgraphs may refer to; `resolvable: false` for those that this subgraph only refers to. */
export const Key = (fields: string, options: { resolvable?: boolean } = {}) =>
  Directive(`@key(fields: "${fields}"${options.resolvable === false ? ', resolvable: false' : ''})`);
export const Cost = (weight: number) => Directive(`@cost(weight: ${weight})`);
/** A connection whose length is its first (or last) argument. */
export const ListSize = (argument: string) => Directive(`@listSize(${argument})`);
/** For fields that return a connection paged by `first`. */
export const Paged = (sizedField = 'edges') => ListSize(`slicingArguments: ["first"], sizedFields: ["${sizedField}"]`);
