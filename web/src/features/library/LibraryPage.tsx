/** The library: what is in it, what is happening to it, and the way in for new files. */
import { Button, FileButton, NativeSelect, Skeleton, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Plus, Search } from "lucide-react";
import { useCallback, useState } from "react";
import { useApi } from "@/api/ApiContext";
import { asProblem } from "@/api/problem";
import { collectionsQuery, type DocumentFilter, documentsQuery } from "@/api/queries";
import type { DocumentStatus, LibraryDocument } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ProblemNotice } from "@/components/ProblemNotice";
import { DeleteDocumentDialog } from "@/features/documents/DeleteDocumentDialog";
import { MoveDialog } from "@/features/documents/MoveDialog";
import { useDocumentTitle } from "@/hooks/useDocumentTitle";
import { useNow } from "@/hooks/useNow";
import { formatQuantity } from "@/lib/format";
import { CollectionPicker } from "./CollectionPicker";
import { DocumentRow, type RowDialog } from "./DocumentRow";
import classes from "./LibraryPage.module.css";
import { UploadTray } from "./UploadTray";
import { useUploadQueue } from "./UploadContext";
import { STATUSES, useLibraryFilter } from "./useLibraryFilter";

const TYPING_PAUSE_MS = 250;

export function LibraryPage() {
  const api = useApi();
  const [filter, setFilter] = useLibraryFilter();
  const { data: collections } = useQuery(collectionsQuery(api));
  const collection = collections?.find(({ id }) => id === filter.collectionId);
  const name = collection?.name ?? "Library";
  useDocumentTitle(name);
  const [typed, setTyped] = useState(filter.text); // Runs ahead of the filter, which waits for a pause in typing.
  const clear = () => {
    setTyped("");
    setFilter({ text: "", status: null });
  };
  const count = collection?.document_count ?? collections?.reduce((sum, each) => sum + each.document_count, 0);
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <div className={classes.heading}>
          <Title order={1} fz="inherit" dir="auto">
            {name}
          </Title>
          <p className={classes.lead} style={{ fontSize: "1rem" }}>
            {count === undefined ? " " : count === 0 ? "No files yet." : formatQuantity(count, "files")}
            <span className={classes.byMouse}>{count ? ". Drop more anywhere on this page." : ""}</span>
          </p>
        </div>
        <AddFiles collectionId={filter.collectionId} />
      </div>
      <UploadTray />
      <Filters typed={typed} onType={setTyped} filter={filter} onChange={setFilter} />
      <DocumentList filter={filter} collectionNames={new Map(collections?.map((each) => [each.id, each.name]))} onClear={clear} />
    </div>
  );
}

function AddFiles({ collectionId, label = "Add files" }: { collectionId: string | null; label?: string }) {
  const queue = useUploadQueue();
  return (
    <FileButton multiple onChange={(files) => queue.add(files, collectionId)}>
      {(props) => (
        <Button {...props} leftSection={<Plus size={18} />}>
          {label}
        </Button>
      )}
    </FileButton>
  );
}

interface FiltersProps {
  typed: string;
  onType: (text: string) => void;
  filter: DocumentFilter;
  onChange: (change: Partial<DocumentFilter>) => void;
}

function Filters({ typed, onType, filter, onChange }: FiltersProps) {
  const search = useDebouncedCallback((value: string) => onChange({ text: value.trim() }), TYPING_PAUSE_MS);
  return (
    <div role="search" className={classes.filters}>
      <TextInput
        label="Find by name"
        type="search"
        value={typed}
        leftSection={<Search size={16} aria-hidden="true" />}
        onChange={(event) => {
          onType(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
      />
      <CollectionPicker selected={filter.collectionId} onSelect={(collectionId) => onChange({ collectionId })} />
      <NativeSelect
        label="Status"
        value={filter.status ?? ""}
        onChange={(event) => onChange({ status: (event.currentTarget.value || null) as DocumentStatus | null })}
        data={[{ value: "", label: "Any status" }, ...STATUSES]}
      />
    </div>
  );
}

interface ListProps {
  filter: DocumentFilter;
  collectionNames: ReadonlyMap<string, string>;
  onClear: () => void;
}

function DocumentList({ filter, collectionNames, onClear }: ListProps) {
  const api = useApi();
  const now = useNow();
  // Here and not in the row, which goes away with its document while the receipt is still being read.
  const [asked, setAsked] = useState<{ document: LibraryDocument; dialog: RowDialog } | null>(null);
  const onDialog = useCallback((document: LibraryDocument, dialog: RowDialog) => setAsked({ document, dialog }), []);
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(documentsQuery(api, filter));
  if (isPending) return <LoadingRows />;
  if (data === undefined) return <ProblemNotice problem={asProblem(error)} onRetry={() => void refetch()} />;
  const documents = data.pages.flatMap((page) => page.items);
  const showCollection = filter.collectionId === null && collectionNames.size > 1;
  const collectionOf = (document: LibraryDocument) => (showCollection ? (collectionNames.get(document.collection_id) ?? null) : null);
  return (
    <>
      {error === null ? null : <ProblemNotice problem={asProblem(error)} onRetry={() => void refetch()} />}
      {documents.length === 0 ? (
        <NothingHere filter={filter} onClear={onClear} />
      ) : (
        <ul className={classes.list} aria-label="Documents">
          {documents.map((document) => (
            <DocumentRow key={document.id} document={document} collectionName={collectionOf(document)} now={now} onDialog={onDialog} />
          ))}
        </ul>
      )}
      {asked === null ? null : <DocumentDialog {...asked} onClose={() => setAsked(null)} />}
      {hasNextPage ? (
        <Button className={classes.more} variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      ) : null}
    </>
  );
}

function DocumentDialog({ document, dialog, onClose }: { document: LibraryDocument; dialog: RowDialog; onClose: () => void }) {
  if (dialog === "move") return <MoveDialog document={document} onClose={onClose} />;
  return <DeleteDocumentDialog document={document} onClose={onClose} onDeleted={onClose} />;
}

function NothingHere({ filter, onClear }: { filter: DocumentFilter; onClear: () => void }) {
  if (filter.text !== "" || filter.status !== null) {
    return (
      <EmptyState title="No document matches" order={2}>
        <Button variant="default" onClick={onClear}>
          Clear the filter
        </Button>
      </EmptyState>
    );
  }
  return (
    <div className={classes.drop}>
      <EmptyState title="Nothing here yet" order={2}>
        <p>Drop PDFs, scans, Word files, web pages, Markdown or text anywhere on this page. Questions can be asked as soon as the first file is ready.</p>
        <AddFiles collectionId={filter.collectionId} label="Choose files" />
      </EmptyState>
    </div>
  );
}

function LoadingRows() {
  return (
    <div className={classes.list} role="status" aria-label="Loading documents" style={{ padding: "1rem", display: "grid", gap: "1.25rem" }}>
      {[60, 75, 50].map((width) => (
        <Skeleton key={width} height={36} width={`${width}%`} />
      ))}
    </div>
  );
}
