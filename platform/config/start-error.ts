/**
 * Why Parley cannot start, or cannot go on, in a sentence for the person who started it: what is wrong and what to do.
 * Printed without a stack; the exit code is 1.
 */
export class StartError extends Error {
  override readonly name: string = 'StartError';
}

/** The sentence for what the file system said about the data directory, or null when it is something else. */
export function explainFileError(error: unknown, directory: string): StartError | null {
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(directory, error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StartError(
        `The data directory ${directory} is not writable. Give this user write access to it, or set PARLEY_DATA_DIR to another directory.`,
        { cause: error },
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new StartError(
        `The data directory ${directory} is not a directory. Set PARLEY_DATA_DIR to a directory of its own.`,
        { cause: error },
      );
    default:
      return null;
  }
}

export function diskFull(directory: string, cause?: unknown): StartError {
  return new StartError(
    `The disk that holds ${directory} is full. Free some space, or set PARLEY_DATA_DIR to a directory on another disk, and start again. Nothing that was acknowledged is lost.`,
    { cause },
  );
}

/** The sentence for an address that cannot be listened on, or the error itself when it is something else. */
export function explainListenError(error: unknown, variable: string, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} on ${host} is taken by another program. Stop that program, or set ${variable} to another port (0 takes any free one).`,
        { cause: error },
      );
    case 'EACCES':
      return new StartError(
        `This user may not listen on port ${port}. Set ${variable} to a port above 1023 (0 takes any free one).`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(
        `${host} is not an address of this machine. Set PARLEY_HOST to 127.0.0.1, 0.0.0.0 or an address it has.`,
        { cause: error },
      );
    default:
      return error;
  }
}
