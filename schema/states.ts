import type { MediaEvent } from './media.js';
import type { StateEvent } from './presence.js';

/** What the hub executes a subscription on that tells how something stands, in the subgraph that knows it. */
export type LiveState = StateEvent | MediaEvent;
