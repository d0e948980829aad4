/** Where programs are found: all that a child process that is not trusted needs of the environment. */
export const programPath = process.env.PATH;
