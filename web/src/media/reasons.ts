import type { Media, ParleyError } from '@parley/client';
import { explain } from '../app/explain';
import { strings } from '../strings';

/** Whether the server has looked at the file and did not take it. */
export const isRejection = (code: string): code is NonNullable<Media['rejection']> => code in strings.media.rejections;

/** Why a file is not sent, for the person to read. */
export const whyNot = (error: ParleyError): string =>
  isRejection(error.code) ? strings.media.rejections[error.code] : explain(error);

/** Whether another attempt with the same file can succeed. */
export const canRetry = (error: ParleyError): boolean => !isRejection(error.code);
