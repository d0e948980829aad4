import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A tab of somebody who opens the explorer for the first time. */
export interface Example {
  query: string;
  variables?: string;
  headers?: string;
}

const headers = `{
  "authorization": "Bearer <accessToken>"
}`;

const signUp: Example = {
  // The password is among the variables: the page keeps its document in the address.
  query: `# 1. Sign up: press the button, and copy the accessToken of the answer. Who you are is in Variables, below.
mutation SignUp($input: SignUpInput!) {
  signUp(input: $input) {
    session {
      accessToken
    }
    errors {
      code
      message
    }
  }
}
`,
  variables: `{
  "input": {
    "handle": "ann",
    "displayName": "Ann",
    "email": "ann@example.org",
    "password": "correct horse battery",
    "device": { "name": "Explorer", "platform": "WEB" }
  }
}`,
};

const send: Example = {
  query: `# 2. Put the accessToken into Headers, below. Create a group, put its id into Variables, and send.
mutation CreateGroup {
  createGroup(input: { clientMutationId: "explorer", title: "Notes", memberIds: [] }) {
    conversation {
      id
    }
    errors {
      code
      message
    }
  }
}

# With the same clientMessageId it is the same message: take another one to send another.
mutation Send($conversationId: ID!, $clientMessageId: ID!) {
  sendMessage(input: { conversationId: $conversationId, clientMessageId: $clientMessageId, body: "Hello" }) {
    message {
      id
      seq
      body
    }
    errors {
      code
      message
    }
  }
}
`,
  variables: `{
  "conversationId": "",
  "clientMessageId": "1"
}`,
  headers,
};

const subscribe: Example = {
  query: `# 3. Put the accessToken into Headers here as well, and press the button: it goes on until you stop it.
# Then open this page in another window, and send from there.
subscription Inbox {
  inboxEvents {
    __typename
    ... on InboxCaughtUp {
      cursor
    }
    ... on InboxItemChanged {
      cursor
    }
    ... on MessageChanged {
      message {
        id
        seq
        body
        sender {
          displayName
        }
      }
    }
  }
}
`,
  headers,
};

export const examples = [signUp, send, subscribe];

export interface Explorer {
  html: Buffer;
  gzipped: Buffer;
  /** Content-Security-Policy: nothing from anywhere but this router. */
  policy: string;
}

let loading: Promise<Explorer> | null = null;

/** GraphiQL with everything in one page, made when it is first asked for: it has 9 MB. */
export function explorer(): Promise<Explorer> {
  loading ??= render();
  return loading;
}

async function render(): Promise<Explorer> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    title: 'Parley',
    endpoint: '/graphql',
    // Subscriptions go as server-sent events, its default: over a socket it would leave the Headers tab out.
    shouldPersistHeaders: true,
    defaultTabs: examples,
  });
  const html = Buffer.from(page);
  return { html, gzipped: await promisify(gzip)(html), policy: policyFor(page) };
}

function policyFor(page: string): string {
  const start = page.indexOf('<script>\n') + '<script>'.length;
  const script = page.slice(start, page.indexOf('</script>', start));
  // A browser hashes the script with its line ends normalised.
  const hash = createHash('sha256').update(script.replace(/\r\n?/g, '\n')).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
