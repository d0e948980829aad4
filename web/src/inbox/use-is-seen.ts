import { useEffect, useState, type RefObject } from 'react';

/** How long it has to be in sight: what flies past while somebody scrolls is not seen. In ms. */
const LOOK = 250;

/** Whether an element is in sight, on a page that is in sight. */
export function useIsSeen(element: RefObject<Element | null>): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    let isInSight = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      if (isInSight && document.visibilityState === 'visible') timer = setTimeout(() => setSeen(true), LOOK);
      else setSeen(false);
    };
    const observer = new IntersectionObserver((entries) => {
      isInSight = entries.at(-1)?.isIntersecting ?? false;
      look();
    });
    observer.observe(element.current);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
      document.removeEventListener('visibilitychange', look);
    };
  }, [element]);
  return isSeen;
}
