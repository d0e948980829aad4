import { randomUUID } from 'node:crypto';

export const PASSWORD = 'correct horse battery';

export interface Person {
  id: string;
  handle: string;
  accessToken: string;
}

export async function request<Data>(
  url: string,
  accessToken: string | null,
  query: string,
  variables: object,
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
  if (errors ?? !data) throw new Error(`${query.slice(0, 60)}…: ${JSON.stringify(errors)}`);
  return data;
}

/** Signs up so many people; four at a time, as hashing their passwords is work. */
export async function signUp(url: string, count: number): Promise<Person[]> {
  const people: Person[] = [];
  const one = async (index: number) => {
    const handle = `bench_${index}_${randomUUID().slice(0, 8)}`;
    const input = {
      email: `${handle}@example.org`,
      password: PASSWORD,
      handle,
      displayName: `Bench ${index}`,
      device: { name: 'bench', platform: 'BOT' },
    };
    const { signUp: payload } = await request<{
      signUp: { session: { accessToken: string }; viewer: { user: { id: string } } };
    }>(
      url,
      null,
      'mutation ($input: SignUpInput!) { signUp(input: $input) { session { accessToken } viewer { user { id } } errors { code message } } }',
      { input },
    );
    people[index] = { id: payload.viewer.user.id, handle, accessToken: payload.session.accessToken };
  };
  let next = 0;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (next < count) await one(next++);
    }),
  );
  return people;
}

export async function openDirect(url: string, person: Person, other: Person): Promise<string> {
  const { openDirectConversation: payload } = await request<{
    openDirectConversation: { conversation: { id: string } };
  }>(
    url,
    person.accessToken,
    'mutation ($input: OpenDirectConversationInput!) { openDirectConversation(input: $input) { conversation { id } errors { code message } } }',
    { input: { userId: other.id } },
  );
  return payload.conversation.id;
}

export async function createGroup(url: string, owner: Person, members: Person[]): Promise<string> {
  const { createGroup: payload } = await request<{ createGroup: { conversation: { id: string } } }>(
    url,
    owner.accessToken,
    'mutation ($input: CreateGroupInput!) { createGroup(input: $input) { conversation { id } errors { code message } } }',
    { input: { clientMutationId: randomUUID(), title: 'bench', memberIds: members.map(({ id }) => id) } },
  );
  return payload.conversation.id;
}
