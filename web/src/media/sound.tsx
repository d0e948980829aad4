import { useChat } from '@parley/client/react';
import { Music } from 'lucide-react';
import styles from './media.module.css';

/** A piece of music, or another sound that is no voice note. */
export function Sound({ mediaId, url, filename }: { mediaId: string; url: string | null; filename: string }) {
  const { media } = useChat();
  return (
    <figure className={styles.sound}>
      <figcaption>
        <Music size={15} aria-hidden /> {filename}
      </figcaption>
      <audio
        controls
        preload="none"
        src={url ?? undefined}
        aria-label={filename}
        onError={() => void media.refresh(mediaId)}
      />
    </figure>
  );
}
