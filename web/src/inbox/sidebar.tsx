import { useChat, useInbox, usePresence } from '@parley/client/react';
import { Archive, ArrowLeft, MessageSquarePlus, Search, Settings } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import { useSettled } from '../app/use-settled';
import { titleOf } from '../conversation/names';
import { strings } from '../strings';
import { Button, IconButton } from '../ui/button';
import { attempt } from '../ui/notices';
import styles from './inbox.module.css';
import { Row } from './row';
import { UnverifiedNote } from './unverified-note';

const SearchResults = lazy(() => import('./search-results').then((module) => ({ default: module.SearchResults })));
const NewConversation = lazy(() =>
  import('../people/new-conversation').then((module) => ({ default: module.NewConversation })),
);

/** The conversation list, with what leads to everything else. */
export function Sidebar() {
  const { userId, inbox } = useChat();
  const view = useInbox();
  const [filter, setFilter] = useState('');
  const [isArchive, setArchive] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const [, navigate] = useLocation();
  const [, open] = useRoute('/c/:id');
  const list = isArchive ? view.archived : view.items;
  const hasMore = isArchive ? view.hasMoreArchived : view.hasMore;
  const wanted = filter.trim().toLocaleLowerCase();
  const shown = list.filter(
    ({ conversation }) =>
      !wanted || titleOf(conversation, conversation?.otherUser).toLocaleLowerCase().includes(wanted),
  );
  const searched = useSettled(wanted);
  const presence = usePresence(
    list.flatMap(({ conversation }) => (conversation?.otherUser ? [conversation.otherUser.id] : [])).slice(0, 100),
  );
  const openArchive = () => {
    setArchive(true);
    if (view.archived.length === 0) void attempt(() => inbox.loadMore('archived'));
  };
  return (
    <>
      <header className={styles.head}>
        {isArchive ? (
          <>
            <IconButton label={strings.inbox.backToChats} onPress={() => setArchive(false)}>
              <ArrowLeft size={20} aria-hidden />
            </IconButton>
            <h2>{strings.inbox.archived}</h2>
          </>
        ) : (
          <>
            <h2>{strings.inbox.title}</h2>
            <IconButton label={strings.inbox.toArchived} onPress={openArchive}>
              <Archive size={19} aria-hidden />
            </IconButton>
            <IconButton label={strings.settings.title} onPress={() => navigate('/settings')}>
              <Settings size={19} aria-hidden />
            </IconButton>
            <IconButton label={strings.inbox.start} onPress={() => setStarting(true)}>
              <MessageSquarePlus size={20} aria-hidden />
            </IconButton>
          </>
        )}
      </header>
      <div className={styles.search} role="search">
        <Search size={17} aria-hidden />
        <input
          type="search"
          aria-label={strings.inbox.search}
          placeholder={strings.inbox.search}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      </div>
      <UnverifiedNote />
      <div className={styles.list}>
        {!view.isLoaded && <Skeleton />}
        <ul>
          {shown.map((item) => (
            <Row
              key={item.conversationId}
              item={item}
              viewerId={userId}
              isCurrent={open?.id === item.conversationId}
              presence={presence.get(item.conversation?.otherUser?.id ?? '')?.status ?? null}
            />
          ))}
        </ul>
        {hasMore && list.length > 0 && (
          <Button
            kind="quiet"
            wide
            onPress={() => void attempt(() => inbox.loadMore(isArchive ? 'archived' : 'active'))}
          >
            {strings.inbox.loadMore}
          </Button>
        )}
        {wanted !== '' && searched !== '' && (
          <Suspense>
            <SearchResults
              query={searched}
              shown={new Set(shown.map(({ conversationId }) => conversationId))}
              shownPeople={new Set(shown.map(({ conversation }) => conversation?.otherUser?.id ?? ''))}
            />
          </Suspense>
        )}
        {view.isLoaded && shown.length === 0 && !wanted && (
          <Empty isArchive={isArchive} onStart={() => setStarting(true)} />
        )}
      </div>
      <Suspense>{isStarting && <NewConversation onClose={() => setStarting(false)} />}</Suspense>
    </>
  );
}

function Skeleton() {
  return (
    <div role="status" aria-label={strings.loading}>
      {[1, 2, 3, 4].map((each) => (
        <div key={each} className={styles.skeleton} />
      ))}
    </div>
  );
}

function Empty({ isArchive, onStart }: { isArchive: boolean; onStart: () => void }) {
  if (isArchive) return <p className={styles.empty}>{strings.inbox.emptyArchive}</p>;
  return (
    <div className={styles.empty}>
      <strong>{strings.inbox.empty}</strong>
      <p>{strings.inbox.emptyHint}</p>
      <Button kind="primary" onPress={onStart}>
        {strings.inbox.start}
      </Button>
    </div>
  );
}
