const shape = /^[A-Za-z0-9._=-]{1,200}(\/[A-Za-z0-9._=-]{1,200})*$/;
const LONGEST = 500;

/** Whether this can name an object: parts of [A-Za-z0-9._=-] between slashes, none of which leads elsewhere in a folder. */
export function isKey(text: string): boolean {
  return text.length <= LONGEST && shape.test(text) && !text.split('/').some((part) => part === '.' || part === '..');
}

/** Throws where a caller made a key that is none: a defect, as people name no keys. */
export function checkKey(key: string): string {
  if (!isKey(key)) throw new Error('not a key of the object store');
  return key;
}
