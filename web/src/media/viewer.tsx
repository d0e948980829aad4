import type { Media } from '@parley/client';
import { useChat, useMedia } from '@parley/client/react';
import { ChevronLeft, ChevronRight, Download, X } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { strings } from '../strings';
import { IconButton } from '../ui/button';
import { save } from './file-card';
import styles from './viewer.module.css';

export interface ViewerProps {
  media: readonly Media[];
  /** Which of them is shown first. */
  start: number;
  onClose: () => void;
}

/** Images and videos, as large as there is room: arrows go on, Escape goes back. */
export function Viewer({ media, start, onClose }: ViewerProps) {
  const chat = useChat();
  const [index, setIndex] = useState(start);
  const current = media[index]!;
  const go = (to: number) => setIndex(Math.max(0, Math.min(to, media.length - 1)));
  const press = ({ key, target }: KeyboardEvent) => {
    // A video has keys of its own.
    if ((target as HTMLElement).tagName === 'VIDEO') return;
    if (key === 'ArrowLeft') go(index - 1);
    if (key === 'ArrowRight') go(index + 1);
  };
  return (
    <ModalOverlay className={styles.scrim} isOpen isDismissable onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Modal className={styles.modal}>
        <Dialog className={styles.viewer} aria-label={current.filename}>
          {/* Keys that no control has taken bubble up to here. */}
          <div className={styles.inner} onKeyDown={press}>
            <div className={styles.head}>
              <span className={styles.name}>{current.filename}</span>
              {media.length > 1 && <span>{strings.media.place(index + 1, media.length)}</span>}
              <IconButton
                label={strings.media.download(current.filename)}
                onPress={() => void save(chat, current.id, current.filename)}
              >
                <Download size={20} aria-hidden />
              </IconButton>
              <IconButton label={strings.close} onPress={onClose} autoFocus>
                <X size={22} aria-hidden />
              </IconButton>
            </div>
            <Shown key={current.id} media={current} />
            {index > 0 && (
              <div className={styles.before}>
                <IconButton label={strings.media.before} onPress={() => go(index - 1)}>
                  <ChevronLeft size={28} aria-hidden />
                </IconButton>
              </div>
            )}
            {index < media.length - 1 && (
              <div className={styles.after}>
                <IconButton label={strings.media.after} onPress={() => go(index + 1)}>
                  <ChevronRight size={28} aria-hidden />
                </IconButton>
              </div>
            )}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Shown({ media: read }: { media: Media }) {
  const { media: states } = useChat();
  const media = useMedia(read);
  const [isRefreshed, setRefreshed] = useState(false);
  const renew = () => {
    if (isRefreshed) return;
    setRefreshed(true);
    void states.refresh(media.id);
  };
  const poster = media.thumbnails.at(-1)?.url;
  if (media.kind === 'VIDEO')
    return (
      <video
        className={styles.shown}
        src={media.url ?? undefined}
        poster={poster}
        controls
        autoPlay
        playsInline
        aria-label={media.filename}
        onError={renew}
      />
    );
  // A GIF moves only as it was sent.
  const url = media.contentType === 'image/gif' || !poster ? media.url : poster;
  return <img className={styles.shown} src={url ?? undefined} alt={media.filename} onError={renew} />;
}
