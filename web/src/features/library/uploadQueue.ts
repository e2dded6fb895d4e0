/** Sends files a few at a time and keeps what became of each, so that no file vanishes in silence. */
import type { UploadDocument } from "@/api/upload";
import { ApiProblem, asProblem } from "@/api/problem";
import type { DocumentUpload } from "@/api/types";

export interface UploadItem {
  readonly id: number;
  readonly file: File | null;
  readonly name: string;
  readonly collectionId: string | null;
  readonly state: "waiting" | "sending" | "done" | "refused" | "cancelled";
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly result: DocumentUpload | null;
  readonly problem: ApiProblem | null;
}

const SIMULTANEOUS = 2;

export class UploadQueue {
  private items: readonly UploadItem[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly cancels = new Map<number, AbortController>();
  private lastId = 0;

  constructor(
    private readonly upload: UploadDocument,
    private readonly onUploaded: (result: DocumentUpload) => void,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): readonly UploadItem[] => this.items;

  /** Take in files; `unreadable` names things that were dropped and could not be read, so that they are shown too. */
  add(files: readonly File[], collectionId: string | null, unreadable: readonly string[] = []): void {
    const blank = { sentBytes: 0, totalBytes: 0, result: null, problem: null, collectionId };
    const waiting = files.map((file) => ({ ...blank, id: ++this.lastId, file, name: file.name, state: "waiting" as const, totalBytes: file.size }));
    const refused = unreadable.map((name) => ({
      ...blank,
      id: ++this.lastId,
      file: null,
      name,
      state: "refused" as const,
      problem: new ApiProblem("The browser could not read this file. Check that it still exists and that you may open it.", { code: "unreadable_file", status: 0 }),
    }));
    this.set([...this.items, ...waiting, ...refused]);
    this.fill();
  }

  cancel(id: number): void {
    this.cancels.get(id)?.abort();
    this.change(id, (item) => (item.state === "waiting" ? { ...item, state: "cancelled" } : item));
  }

  /** Send a refused or cancelled file once more. */
  retry(id: number): void {
    this.change(id, (item) => (item.file === null ? item : { ...item, state: "waiting", sentBytes: 0, problem: null }));
    this.fill();
  }

  /** Forget every file that is not under way. */
  clearFinished(): void {
    this.set(this.items.filter((item) => item.state === "waiting" || item.state === "sending"));
  }

  private fill(): void {
    for (const item of this.items) {
      if (this.cancels.size >= SIMULTANEOUS) return;
      if (item.state === "waiting" && item.file !== null) void this.send(item.id, item.file, item.collectionId);
    }
  }

  private async send(id: number, file: File, collectionId: string | null): Promise<void> {
    const cancel = new AbortController();
    this.cancels.set(id, cancel);
    this.change(id, (item) => ({ ...item, state: "sending" }));
    try {
      const onProgress = (sentBytes: number, totalBytes: number) => this.change(id, (item) => ({ ...item, sentBytes, totalBytes }));
      const result = await this.upload({ file, collectionId, onProgress, signal: cancel.signal });
      this.change(id, (item) => ({ ...item, state: "done", result }));
      this.onUploaded(result);
    } catch (error) {
      const problem = asProblem(error);
      const state = problem.code === "upload_cancelled" ? "cancelled" : "refused";
      this.change(id, (item) => ({ ...item, state, problem: state === "refused" ? problem : null }));
    } finally {
      this.cancels.delete(id);
      this.fill();
    }
  }

  private change(id: number, change: (item: UploadItem) => UploadItem): void {
    this.set(this.items.map((item) => (item.id === id ? change(item) : item)));
  }

  private set(items: readonly UploadItem[]): void {
    this.items = items;
    for (const listener of this.listeners) listener();
  }
}

/** `2 of 5 files sent. 1 new version, 1 refused.` */
export function summarise(items: readonly UploadItem[]): string {
  const finished = items.filter((item) => item.state !== "waiting" && item.state !== "sending").length;
  const counts: [number, string][] = [
    [items.filter((item) => item.result?.outcome === "created").length, "added"],
    [items.filter((item) => item.result?.outcome === "new_version").length, "stored as a new version"],
    [items.filter((item) => item.result?.outcome === "unchanged").length, "already there"],
    [items.filter((item) => item.state === "refused").length, "not taken"],
    [items.filter((item) => item.state === "cancelled").length, "cancelled"],
  ];
  const parts = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const files = items.length === 1 ? "1 file" : `${items.length} files`;
  const head = finished === items.length ? files : `${finished} of ${files} done`;
  return parts.length === 0 ? head : `${head}: ${parts.join(", ")}`;
}
