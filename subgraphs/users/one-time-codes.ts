import { createHmac, randomBytes } from 'node:crypto';

/** Wrong guesses at one code. */
export const ATTEMPTS = 5;
/** Letters to one person about one thing, within an hour. */
export const LETTERS_AN_HOUR = 5;

export type CodePurpose = 'VERIFY_EMAIL' | 'RESET_PASSWORD';
/** For how long a code can be used, seconds. */
export const lifeOf: Record<CodePurpose, number> = { VERIFY_EMAIL: 86_400, RESET_PASSWORD: 3_600 };

/** Crockford's base 32: no letter that is taken for a digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 40 random bits for people to type, `K7QM-4XWD`. Few enough that guesses must be counted. */
export function newTypedCode(): string {
  const text = Array.from(randomBytes(8), (byte) => alphabet[byte & 31]).join('');
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}

/** As it was made, however it was typed. */
export function normaliseTypedCode(code: string): string {
  const text = code.toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return text.replaceAll(/[^0-9A-Z]/g, '');
}

/** 128 random bits for a link, base64url: nobody guesses one, and the link fits on a line of a letter. */
export function newLinkToken(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * What is stored of a code. Keyed, because a typed one is short: whoever reads the database cannot try them all. `about`:
 * the person, where the code is only looked for among theirs.
 */
export function codeHash(secret: Buffer, purpose: CodePurpose, about: string, code: string): string {
  return createHmac('sha256', secret).update(`one-time-code\n${purpose}\n${about}\n${code}`).digest('hex');
}
