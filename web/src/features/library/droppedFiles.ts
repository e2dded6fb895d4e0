/** The files of a drop, folders opened: browsers hand a folder over as a file that cannot be read. */

export interface DroppedFiles {
  files: File[];
  unreadable: string[];
}

/** Collect every file. Must be called while the drop event is handled: the browser empties the list afterwards. */
export async function collectDroppedFiles(transfer: DataTransfer): Promise<DroppedFiles> {
  const entries = [...transfer.items].map((item) => (item.kind === "file" ? item.webkitGetAsEntry() : null)).filter((entry) => entry !== null);
  if (entries.length === 0) return { files: [...transfer.files], unreadable: [] };
  const found: DroppedFiles = { files: [], unreadable: [] };
  for (const entry of entries) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: DroppedFiles): Promise<void> {
  try {
    if (isFile(entry)) {
      if (!entry.name.startsWith(".")) found.files.push(await new Promise<File>((resolve, reject) => entry.file(resolve, reject)));
      return;
    }
    if (isFolder(entry)) for (const child of await readFolder(entry)) await collect(child, found);
  } catch {
    found.unreadable.push(entry.name); // Shown to the person with the reason that it could not be read.
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** Browsers give a folder's entries in batches of at most 100 and end with an empty one. */
async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return entries;
    entries.push(...batch);
  }
}
