/** Keeps a growing list at its end while the reader is there, and leaves a reader who scrolled up in peace. */
import { useCallback, useEffect, useState } from "react";

const NEAR_END_PIXELS = 48;

export interface FollowBottom {
  /** Give these as `ref` to the scrolling area and to what grows inside it. */
  setArea: (element: HTMLElement | null) => void;
  setContent: (element: HTMLElement | null) => void;
  isAtEnd: boolean;
  toEnd: () => void;
}

export function useFollowBottom(): FollowBottom {
  const [area, setArea] = useState<HTMLElement | null>(null);
  const [content, setContent] = useState<HTMLElement | null>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const toEnd = useCallback(() => {
    setAtEnd(true);
    area?.scrollTo({ top: area.scrollHeight });
  }, [area]);
  useEffect(() => {
    if (area === null) return;
    const update = () => setAtEnd(area.scrollHeight - area.scrollTop - area.clientHeight < NEAR_END_PIXELS);
    area.addEventListener("scroll", update, { passive: true });
    return () => area.removeEventListener("scroll", update);
  }, [area]);
  useEffect(() => {
    if (!isAtEnd || area === null || content === null) return;
    const follow = new ResizeObserver(() => area.scrollTo({ top: area.scrollHeight }));
    follow.observe(content);
    return () => follow.disconnect();
  }, [isAtEnd, area, content]);
  return { setArea, setContent, isAtEnd, toEnd };
}
