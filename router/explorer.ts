import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const SIGN_UP = `# 1. Sign up, then put the accessToken into the Headers tab below:
#    { "authorization": "Bearer …" }
mutation SignUp {
  signUp(input: { handle: "ann", displayName: "Ann", email: "ann@example.org", password: "correct horse battery", device: { name: "Explorer", platform: WEB } }) {
    session {
      accessToken
    }
    errors {
      code
      message
    }
  }
}
`;

const SEND = `# 2. Open a conversation with somebody, and send.
query Who {
  viewer {
    user {
      id
      handle
    }
  }
}

mutation Open($userId: ID!) {
  openDirectConversation(input: { userId: $userId }) {
    conversation {
      id
    }
    errors {
      code
      message
    }
  }
}

mutation Send($conversationId: ID!) {
  sendMessage(input: { conversationId: $conversationId, clientMessageId: "explorer-1", body: "Hello" }) {
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
`;

const SUBSCRIBE = `# 3. Follow everything that happens to you, as it happens (Headers as before).
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
`;

/** The tabs of somebody who opens it for the first time. */
export const examples = [SIGN_UP, SEND, SUBSCRIBE];

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
    defaultTabs: examples.map((query) => ({ query })),
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
