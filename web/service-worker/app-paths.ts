/** What the router serves besides the app. */
const others = /^\/(graphql|partner|docs|media|unsubscribe)(\/|$)/;

export const isOfApp = (pathname: string): boolean => !others.test(pathname);
