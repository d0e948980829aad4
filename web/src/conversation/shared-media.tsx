import { useChat, useMedia } from '@parley/client/react';
import { SharedMediaDocument } from '@parley/client/operations';
import type { Media } from '@parley/client';
import { useState } from 'react';
import { useAnswer } from '../app/use-answer';
import { FileCard } from '../media/file-card';
import { Picture } from '../media/picture';
import { VoiceNote } from '../media/voice-note';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { useMessageActions } from './actions';
import styles from './details.module.css';

/** How many are shown at first, and how many the API gives at most. */
const [FIRST, MOST] = [12, 96];

/** What was shared in a conversation, the newest first. */
export function SharedMedia({ conversationId }: { conversationId: string }) {
  const { view } = useMessageActions();
  const pictures = useShared(conversationId, ['IMAGE', 'VIDEO']);
  const others = useShared(conversationId, ['FILE', 'AUDIO', 'VOICE']);
  return (
    <>
      {pictures.media.length > 0 && (
        <section className={styles.section}>
          <h3 className={styles.sectionTitle}>{strings.media.shared}</h3>
          <div className={styles.shared}>
            {pictures.media.map((media, index) => (
              <SharedPicture key={media.id} media={media} onOpen={() => view(pictures.media, index)} />
            ))}
          </div>
          {pictures.more}
        </section>
      )}
      {others.media.length > 0 && (
        <section className={styles.section}>
          <h3 className={styles.sectionTitle}>{strings.media.sharedFiles}</h3>
          {others.media.map((media) =>
            media.kind === 'VOICE' ? (
              <VoiceNote
                key={media.id}
                mediaId={media.id}
                url={media.url}
                durationMs={media.durationMs}
                waveform={media.waveform}
              />
            ) : (
              <FileCard
                key={media.id}
                filename={media.filename}
                size={media.size}
                note={media.status === 'READY' ? null : strings.media.checking}
                mediaId={media.status === 'READY' ? media.id : null}
              />
            ),
          )}
          {others.more}
        </section>
      )}
    </>
  );
}

function useShared(conversationId: string, kinds: Media['kind'][]) {
  const [first, setFirst] = useState(FIRST);
  const { data } = useAnswer(SharedMediaDocument, { conversationId, first, kinds });
  const shared = data?.conversation?.sharedMedia;
  const hasMore = shared?.pageInfo.hasNextPage === true && first < MOST;
  return {
    media: (shared?.edges.map(({ node }) => node) ?? []).filter(({ status }) => status !== 'REJECTED'),
    more: hasMore && (
      <Button kind="quiet" onPress={() => setFirst(Math.min(MOST, first * 3))}>
        {strings.media.showMore}
      </Button>
    ),
  };
}

function SharedPicture({ media: read, onOpen }: { media: Media; onOpen: () => void }) {
  const states = useChat().media;
  const media = useMedia(read);
  const thumbnail = media.thumbnails.find(({ size }) => size >= 512) ?? media.thumbnails.at(-1);
  return (
    <Picture
      kind={media.kind}
      label={media.kind === 'VIDEO' ? strings.media.openVideo(media.filename) : strings.media.openImage(media.filename)}
      url={thumbnail?.url ?? null}
      blurHash={media.blurHash}
      width={null}
      height={null}
      durationMs={media.durationMs}
      fit="fill"
      isChecked={media.status === 'READY'}
      onBroken={() => void states.refresh(media.id)}
      onOpen={media.status === 'READY' ? onOpen : null}
    />
  );
}
