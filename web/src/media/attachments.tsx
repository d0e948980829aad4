import type { FileToSend, Media, PendingMessage, StoredMessage } from '@parley/client';
import { useChat, useMedia, useUpload } from '@parley/client/react';
import { FileX } from 'lucide-react';
import { useMessageActions } from '../conversation/actions';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { FileCard } from './file-card';
import styles from './media.module.css';
import { Picture } from './picture';
import { whyNot } from './reasons';
import { useObjectUrl } from './use-object-url';
import { Sound } from './sound';
import { VoiceNote } from './voice-note';

const isPicture = ({ kind }: { kind: string }) => kind === 'IMAGE' || kind === 'VIDEO';

/** What a message carries: pictures first, several of them as tiles. */
export function Attachments({ message }: { message: StoredMessage }) {
  const { view } = useMessageActions();
  const { attachments } = message;
  const pictures = attachments.filter((each) => each !== null && isPicture(each)) as Media[];
  return (
    <div className={styles.attachments}>
      {pictures.length > 0 && (
        <div className={styles.pictures} data-several={pictures.length > 1}>
          {pictures.map((media, index) => (
            <StoredPicture
              key={media.id}
              media={media}
              isTile={pictures.length > 1}
              onOpen={() => view(pictures, index)}
            />
          ))}
        </div>
      )}
      {attachments.map((media, index) =>
        media === null ? <Gone key={index} /> : !isPicture(media) && <Other key={media.id} media={media} />,
      )}
    </div>
  );
}

function Gone() {
  return (
    <p className={styles.gone}>
      <FileX size={17} aria-hidden /> {strings.media.gone}
    </p>
  );
}

function Rejected({ media }: { media: Media }) {
  return (
    <p className={styles.gone}>
      <FileX size={17} aria-hidden />
      <span>
        {media.filename}: {media.rejection && strings.media.rejections[media.rejection]}
      </span>
    </p>
  );
}

function StoredPicture({ media: read, isTile, onOpen }: { media: Media; isTile: boolean; onOpen: () => void }) {
  const { uploads, media: states } = useChat();
  const media = useMedia(read);
  // What was sent from this page need not be fetched.
  const own = uploads.fileOf(media.id);
  const local = useObjectUrl(own?.kind === 'IMAGE' ? own.blob : null);
  if (media.status === 'REJECTED') return <Rejected media={media} />;
  const thumbnail = media.thumbnails.find(({ size }) => size >= 512) ?? media.thumbnails.at(-1);
  return (
    <Picture
      kind={media.kind}
      label={media.kind === 'VIDEO' ? strings.media.openVideo(media.filename) : strings.media.openImage(media.filename)}
      url={local ?? thumbnail?.url ?? null}
      blurHash={media.blurHash}
      width={media.width ?? own?.width}
      height={media.height ?? own?.height}
      durationMs={media.durationMs}
      fit={isTile ? 'tile' : 'own'}
      isChecked={media.status === 'READY'}
      onBroken={() => void states.refresh(media.id)}
      onOpen={media.status === 'READY' ? onOpen : null}
    />
  );
}

function Other({ media: read }: { media: Media }) {
  const { uploads } = useChat();
  const media = useMedia(read);
  const own = useObjectUrl(uploads.fileOf(media.id)?.blob ?? null);
  if (media.status === 'REJECTED') return <Rejected media={media} />;
  const { filename, size, durationMs, waveform } = media;
  const url = media.url ?? own;
  if (media.kind === 'VOICE')
    return <VoiceNote mediaId={media.id} url={url} durationMs={durationMs} waveform={waveform} />;
  if (media.kind === 'AUDIO') return <Sound mediaId={media.id} url={url} filename={filename} />;
  const isReady = media.status === 'READY';
  return (
    <FileCard
      filename={filename}
      size={size}
      note={isReady ? null : strings.media.checking}
      mediaId={isReady ? media.id : null}
    />
  );
}

/** What a message is to carry that is on its way. */
export function FilesOnTheirWay({ message }: { message: PendingMessage }) {
  const { discard } = useMessageActions();
  const { files = [] } = message.draft;
  const pictures = files.filter(isPicture);
  return (
    <div className={styles.attachments}>
      {pictures.length > 0 && (
        <div className={styles.pictures} data-several={pictures.length > 1}>
          {pictures.map((file) => (
            <PictureOnItsWay key={file.uploadId} file={file} isTile={pictures.length > 1} />
          ))}
        </div>
      )}
      {files
        .filter((file) => !isPicture(file))
        .map((file) => (
          <FileOnItsWay key={file.uploadId} file={file} />
        ))}
      {message.progress === 'CREATED' && (
        <Button kind="quiet" onPress={() => discard(message.clientMessageId)}>
          {strings.media.cancel}
        </Button>
      )}
    </div>
  );
}

function PictureOnItsWay({ file, isTile }: { file: FileToSend; isTile: boolean }) {
  const url = useObjectUrl(file.kind === 'IMAGE' ? file.blob : null);
  return (
    <Picture
      kind={file.kind}
      label={file.filename}
      url={url}
      blurHash={null}
      width={file.width}
      height={file.height}
      durationMs={null}
      fit={isTile ? 'tile' : 'own'}
      isChecked={false}
      onBroken={() => undefined}
      onOpen={null}
    >
      <Progress file={file} />
    </Picture>
  );
}

function FileOnItsWay({ file }: { file: FileToSend }) {
  const url = useObjectUrl(file.kind === 'VOICE' ? file.blob : null);
  return (
    <>
      {file.kind === 'VOICE' ? (
        <VoiceNote mediaId={null} url={url} durationMs={file.durationMs ?? null} waveform={null} />
      ) : (
        <FileCard filename={file.filename} size={file.blob.size} note={null} mediaId={null} />
      )}
      <Progress file={file} />
    </>
  );
}

/** How far a file is; of this tab. */
export function Progress({ file }: { file: FileToSend }) {
  const state = useUpload(file.uploadId);
  if (!state || state.status === 'READY') return null;
  if (state.status === 'FAILED')
    return (
      <span className={styles.failure} role="status">
        {state.error && whyNot(state.error)}
      </span>
    );
  return (
    <progress
      className={styles.progress}
      aria-label={strings.media.progressOf(file.filename)}
      max={file.blob.size}
      value={state.sent}
    />
  );
}
