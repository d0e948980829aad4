import { Download, File } from 'lucide-react';
import { useChat } from '@parley/client/react';
import { MediaDownloadDocument } from '@parley/client/operations';
import { ParleyError, type Chat } from '@parley/client';
import { strings } from '../strings';
import { IconButton } from '../ui/button';
import { attempt } from '../ui/notices';
import { sizeInWords } from './clock';
import styles from './media.module.css';

export interface FileCardProps {
  filename: string;
  /** In bytes. */
  size: number;
  /** In place of the size. */
  note: string | null;
  /** Null while there is nothing to fetch. */
  mediaId: string | null;
}

export function FileCard({ filename, size, note, mediaId }: FileCardProps) {
  const chat = useChat();
  return (
    <div className={styles.file}>
      <span className={styles.fileMark}>
        <File size={20} aria-hidden />
      </span>
      <span className={styles.fileText}>
        <strong>{filename}</strong>
        <small>{note ?? sizeInWords(size)}</small>
      </span>
      {mediaId && (
        <IconButton label={strings.media.download(filename)} onPress={() => void save(chat, mediaId, filename)}>
          <Download size={18} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}

/** Asks for a link of now, and follows it: the store says that it is to be saved. */
export function save({ requests }: Chat, mediaId: string, filename: string): Promise<boolean> {
  return attempt(async () => {
    const { media } = await requests.ask(MediaDownloadDocument, { id: mediaId });
    if (!media?.url) throw new ParleyError('NOT_FOUND', strings.media.gone, false);
    const link = document.createElement('a');
    link.href = media.url;
    link.download = filename;
    link.click();
  });
}
