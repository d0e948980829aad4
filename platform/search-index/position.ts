import { Fault } from '../errors/errors.js';

/** Where a hit stands among the others: all descending. */
export interface Position {
  score: number;
  /** Unix ms; 0 of what has no time. */
  at: number;
  /** UUID. */
  id: string;
}

const form = /^(\d{1,3}) (\d{1,15}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

export function encodePosition({ score, at, id }: Position): string {
  return Buffer.from(`${score} ${at} ${id}`).toString('base64url');
}

/** Throws BAD_USER_INPUT for what is no position. */
export function decodePosition(text: string): Position {
  const [, score, at, id] = form.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (id === undefined)
    throw new Fault('BAD_USER_INPUT', 'This is no position in a search. Leave `after` out to begin anew.');
  return { score: Number(score), at: Number(at), id };
}
