import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Within this distance of the end a reader is taken to follow the answer. */
const near = 48;

interface StickToEnd { atEnd: boolean; stick: () => void; toEnd: () => void; onScroll: () => void }

/** Keeps the end of a growing conversation in view, unless the reader has scrolled up to read, or is `held` elsewhere by what is being written there. */
export function useStickToEnd(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>, ready: boolean, held: boolean): StickToEnd {
  const sticking = useRef(true);
  const lastTop = useRef(0);
  const [atEnd, setAtEnd] = useState(true);

  useLayoutEffect(() => {
    if (!ready || !scroller.current || !content.current) return;
    const element = scroller.current;
    const follow = () => {
      if (sticking.current && !held) element.scrollTop = element.scrollHeight;
    };
    // Rows are measured after they are drawn, so the end moves without any change of state.
    const observer = new ResizeObserver(follow);
    observer.observe(content.current);
    observer.observe(element);
    follow();
    return () => observer.disconnect();
  }, [ready, held]);

  function onScroll(): void {
    const element = scroller.current;
    if (!element) return;
    const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
    // Only a reader scrolls up; growing content moves the end away without moving the top.
    if (element.scrollTop < lastTop.current - 1 && distance > near) sticking.current = false;
    else if (distance <= near) sticking.current = true;
    lastTop.current = element.scrollTop;
    setAtEnd(sticking.current);
  }

  function stick(): void {
    sticking.current = true;
    setAtEnd(true);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }

  function toEnd(): void {
    stick();
    scroller.current?.focus({ preventScroll: true });
  }

  return { atEnd, stick, toEnd, onScroll };
}
