import type { Upload } from '@parley/client';
import { useUpload } from '@parley/client/react';
import { File, Film, Music, RotateCcw, X } from 'lucide-react';
import { strings } from '../strings';
import { IconButton } from '../ui/button';
import { Progress } from './attachments';
import { sizeInWords } from './clock';
import styles from './media.module.css';
import { canRetry } from './reasons';
import { useObjectUrl } from './use-object-url';

/** What goes with the message that is being written. */
export function AttachedFiles({ uploads, onRemove }: { uploads: readonly Upload[]; onRemove: (id: string) => void }) {
  return (
    <ul className={styles.chips} aria-label={strings.media.attached}>
      {uploads.map((upload) => (
        <Chip key={upload.file.uploadId} upload={upload} onRemove={onRemove} />
      ))}
    </ul>
  );
}

const marks = { VIDEO: Film, AUDIO: Music, VOICE: Music, FILE: File };

function Chip({ upload, onRemove }: { upload: Upload; onRemove: (id: string) => void }) {
  const { file } = upload;
  const state = useUpload(file.uploadId);
  const url = useObjectUrl(file.kind === 'IMAGE' ? file.blob : null);
  const Mark = file.kind === 'IMAGE' ? File : marks[file.kind];
  return (
    <li className={styles.chip} data-status={state?.status}>
      {url ? <img src={url} alt="" /> : <Mark size={20} aria-hidden />}
      <span className={styles.chipText}>
        <strong>{file.filename}</strong>
        {state?.status === 'FAILED' ? null : <small>{sizeInWords(file.blob.size)}</small>}
        <Progress file={file} />
      </span>
      {state?.error && canRetry(state.error) && (
        <IconButton small label={strings.media.retry(file.filename)} onPress={() => upload.start()}>
          <RotateCcw size={15} aria-hidden />
        </IconButton>
      )}
      <IconButton small label={strings.media.remove(file.filename)} onPress={() => onRemove(file.uploadId)}>
        <X size={15} aria-hidden />
      </IconButton>
    </li>
  );
}
