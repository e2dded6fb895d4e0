import { useEffect, useRef, useState } from "react";
import { collectDroppedFiles, type DroppedFiles } from "./droppedFiles";
import classes from "./DropArea.module.css";

/** Takes files dropped anywhere on the page. Invisible until something is dragged over it. */
export function DropArea({ target, onDrop }: { target: string; onDrop: (dropped: DroppedFiles) => void }) {
  const [isOver, setOver] = useState(false);
  const depth = useRef(0);
  useEffect(() => {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth.current += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth.current = Math.max(0, depth.current - 1);
      if (depth.current === 0) setOver(false);
    };
    const over = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault(); // Otherwise the browser would open the file instead.
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      depth.current = 0;
      setOver(false);
      void collectDroppedFiles(event.dataTransfer).then(onDrop);
    };
    const events = { dragenter: enter, dragleave: leave, dragover: over, drop } as const;
    for (const [name, listener] of Object.entries(events)) window.addEventListener(name as "drop", listener);
    return () => {
      for (const [name, listener] of Object.entries(events)) window.removeEventListener(name as "drop", listener);
    };
  }, [onDrop]);
  if (!isOver) return null;
  return (
    <div className={classes.veil} aria-hidden="true">
      Drop to add to {target}
      <small>PDF, Word, HTML, Markdown and text; folders too</small>
    </div>
  );
}
