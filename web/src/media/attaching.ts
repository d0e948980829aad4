import type { FileToSend, Upload } from '@parley/client';
import { useChat } from '@parley/client/react';
import { useEffect, useState } from 'react';
import { strings } from '../strings';
import { tell } from '../ui/notices';

/** The API takes so many in one message. */
const MOST = 10;

/** Files that are chosen for a message which is not sent yet: they stay with their conversation while the page is open. */
const chosen = new Map<string, readonly Upload[]>();

export interface Attaching {
  uploads: readonly Upload[];
  add: (files: Iterable<File>) => void;
  remove: (uploadId: string) => void;
  /** Those to send, which are not chosen any more. */
  take: () => FileToSend[];
}

/** Files start on their way when they are chosen. */
export function useAttaching(conversationId: string): Attaching {
  const chat = useChat();
  const key = `${chat.userId}/${conversationId}`;
  const [, redraw] = useState(0);
  const set = (uploads: readonly Upload[]) => {
    if (uploads.length > 0) chosen.set(key, uploads);
    else chosen.delete(key);
    redraw((count) => count + 1);
  };
  const uploads = chosen.get(key) ?? [];
  return {
    uploads,
    add: (files) =>
      void Promise.all([...files].map(async (file) => ({ file, size: await sizeOf(file) }))).then((measured) => {
        const before = chosen.get(key) ?? [];
        const room = MOST - before.length;
        if (measured.length > room) tell(strings.media.tooMany(MOST));
        const started = measured.slice(0, room).map(({ file, size }) => chat.uploads.start(file, size));
        set([...before, ...started]);
      }),
    remove: (uploadId) => {
      chat.uploads.cancel(uploadId);
      set(uploads.filter(({ file }) => file.uploadId !== uploadId));
    },
    take: () => {
      set([]);
      return uploads.map(({ file }) => file);
    },
  };
}

/** In pixels, of what a browser shows as an image. */
async function sizeOf(file: File): Promise<{ width?: number; height?: number }> {
  if (!file.type.startsWith('image/')) return {};
  const url = URL.createObjectURL(file);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return {};
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Whether files are dragged over an element, and what it needs for that. */
export function useDrop(isOn: boolean, onFiles: (files: Iterable<File>) => void) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    if (!isOver) return;
    // What is dragged out of the window, or given up, does not say so to the element.
    const end = () => setOver(false);
    window.addEventListener('dragend', end);
    window.addEventListener('drop', end);
    return () => {
      window.removeEventListener('dragend', end);
      window.removeEventListener('drop', end);
    };
  }, [isOver]);
  const hasFiles = ({ dataTransfer }: React.DragEvent) => isOn && dataTransfer.types.includes('Files');
  return {
    isOver,
    handlers: {
      onDragOver: (event: React.DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: ({ currentTarget, relatedTarget }: React.DragEvent) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setOver(false);
      },
      onDrop: (event: React.DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(false);
        onFiles(event.dataTransfer.files);
      },
    },
  };
}
