import { createContext, useContext, useSyncExternalStore } from "react";
import type { UploadItem, UploadQueue } from "./uploadQueue";

/** The page's upload queue: above the screens, so that moving to the chat does not cancel what is being sent. */
export const UploadContext = createContext<UploadQueue | null>(null);

export function useUploadQueue(): UploadQueue {
  const queue = useContext(UploadContext);
  if (queue === null) throw new Error("UploadContext is missing above this component.");
  return queue;
}

export function useUploads(): readonly UploadItem[] {
  const queue = useUploadQueue();
  return useSyncExternalStore(queue.subscribe, queue.getSnapshot);
}
