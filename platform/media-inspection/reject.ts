import type { Rejected } from './port.js';

/** Ends the inspection of an upload. */
export class Rejection extends Error {
  constructor(
    readonly rejection: Rejected['rejection'],
    why: string,
  ) {
    super(why);
  }
}
