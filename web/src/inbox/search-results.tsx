import { useChat } from '@parley/client/react';
import {
  SearchConversationsDocument,
  SearchMessagesDocument,
  SearchUsersDocument,
  type SearchMessagesQuery,
} from '@parley/client/operations';
import { Link, useLocation } from 'wouter';
import { briefly } from '../app/time';
import { useAnswer } from '../app/use-answer';
import { nameOf, titleOf } from '../conversation/names';
import { strings } from '../strings';
import { Avatar } from '../ui/avatar';
import { attempt } from '../ui/notices';
import { PersonLine } from '../ui/people-list';
import styles from './inbox.module.css';

export interface SearchResultsProps {
  query: string;
  /** Conversations that are shown already. */
  shown: ReadonlySet<string>;
  /** Those with whom they are, where they are direct ones. */
  shownPeople: ReadonlySet<string>;
}

/** People, conversations and messages that are on the server, best first. */
export function SearchResults({ query, shown, shownPeople }: SearchResultsProps) {
  const { openDirect, userId } = useOpenDirect();
  const people = useAnswer(SearchUsersDocument, { query, first: 6 }).data?.searchUsers.edges ?? [];
  const found = useAnswer(SearchConversationsDocument, { query, first: 8 }).data?.searchConversations.edges ?? [];
  const messages = useAnswer(SearchMessagesDocument, { query, first: 20 }).data?.searchMessages.edges ?? [];
  const conversations = found.flatMap(({ node }) => (node && !shown.has(node.id) ? [node] : []));
  const others = people.flatMap(({ node }) => (node && node.id !== userId && !shownPeople.has(node.id) ? [node] : []));
  return (
    <>
      {conversations.length > 0 && (
        <Section title={strings.search.conversations}>
          {conversations.map((conversation) => {
            const title = titleOf(conversation, conversation.otherUser);
            return (
              <li key={conversation.id} className={styles.row}>
                <Link href={`/c/${conversation.id}`} className={styles.link}>
                  <Avatar id={conversation.id} name={title} url={conversation.avatarUrl} size={38} isSquare />
                  <span className={styles.text}>
                    <span className={styles.title}>{title}</span>
                    <span className={styles.preview}>{strings.conversation.members(conversation.memberCount)}</span>
                  </span>
                </Link>
              </li>
            );
          })}
        </Section>
      )}
      {others.length > 0 && (
        <Section title={strings.search.people}>
          {others.map((person) => (
            <PersonLine
              key={person.id}
              id={person.id}
              name={nameOf(person)}
              about={`@${person.handle}`}
              url={person.avatarUrl}
              onPress={() => openDirect(person.id)}
            />
          ))}
        </Section>
      )}
      {messages.length > 0 && (
        <Section title={strings.search.messages}>
          {messages.map((edge) => (
            <MessageHit key={edge.cursor} edge={edge} />
          ))}
        </Section>
      )}
    </>
  );
}

function useOpenDirect() {
  const chat = useChat();
  const [, navigate] = useLocation();
  const openDirect = (userId: string) => void attempt(async () => navigate(`/c/${await chat.openDirect(userId)}`));
  return { openDirect, userId: chat.userId };
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className={styles.sectionTitle}>{title}</h3>
      <ul>{children}</ul>
    </section>
  );
}

type Edge = SearchMessagesQuery['searchMessages']['edges'][number];

/** Leads to the message in its place. */
function MessageHit({ edge: { node, highlights } }: { edge: Edge }) {
  if (!node) return null;
  const { conversation } = node;
  const [highlight] = highlights;
  return (
    <li className={styles.row}>
      <Link href={`/c/${node.conversationId}?message=${node.id}`} className={styles.link}>
        <span className={styles.text}>
          <span className={styles.line}>
            <span className={styles.title}>{titleOf(conversation, conversation?.otherUser)}</span>
            <time className={styles.time} dateTime={node.createdAt}>
              {briefly(node.createdAt)}
            </time>
          </span>
          <span className={styles.hit}>
            {nameOf(node.sender)}: {highlight ? <Highlighted {...highlight} /> : node.body}
          </span>
        </span>
      </Link>
    </li>
  );
}

function Highlighted({ text, ranges }: Edge['highlights'][number]) {
  const ends = [0, ...ranges.flatMap(({ start, end }) => [start, end]), text.length];
  return ends
    .slice(1)
    .map((end, index) =>
      index % 2 === 1 ? <mark key={end}>{text.slice(ends[index], end)}</mark> : text.slice(ends[index], end),
    );
}
