import { Button, Menu } from "@mantine/core";
import { Download, Ellipsis, FolderInput, RotateCcw, Trash2, X } from "lucide-react";
import { memo } from "react";
import { Link } from "react-router";
import type { LibraryDocument } from "@/api/types";
import { IconButton } from "@/components/IconButton";
import { DocumentState } from "@/features/documents/DocumentState";
import { describeDocument, displayTitle, downloadAddress } from "@/features/documents/documentWords";
import { FileMark } from "@/features/documents/FileMark";
import { useDocumentActions } from "@/features/documents/useDocumentActions";
import { formatAge } from "@/lib/format";
import classes from "./DocumentRow.module.css";

/** What is asked about a document in a dialog. */
export type RowDialog = "delete" | "move";

interface Props {
  document: LibraryDocument;
  collectionName: string | null;
  now: Date;
  onDialog: (document: LibraryDocument, dialog: RowDialog) => void;
}

/** One document of the library: what it is, where it stands, what can be done. */
export const DocumentRow = memo(function DocumentRow({ document, collectionName, now, onDialog }: Props) {
  const title = displayTitle(document);
  return (
    <li className={classes.row}>
      <div className={classes.mark}>
        <FileMark filename={document.filename} />
      </div>
      <div className={classes.name}>
        <Link to={`/documents/${document.id}`} className={classes.title} dir="auto">
          {title}
        </Link>
        <p className={classes.meta}>
          {title === document.filename ? null : (
            <>
              <bdi>{document.filename}</bdi>,{" "}
            </>
          )}
          {describeDocument(document)}
          {collectionName === null ? null : (
            <>
              , in <bdi>{collectionName}</bdi>
            </>
          )}
        </p>
      </div>
      <div className={classes.state}>
        <DocumentState document={document} />
      </div>
      <time className={classes.age} dateTime={document.updated_at}>
        {formatAge(document.updated_at, now)}
      </time>
      <RowActions document={document} onDialog={(dialog) => onDialog(document, dialog)} />
    </li>
  );
});

function RowActions({ document, onDialog }: { document: LibraryDocument; onDialog: (dialog: RowDialog) => void }) {
  const { retry, cancel, retryableJob, cancellableJob } = useDocumentActions(document);
  const name = document.filename;
  return (
    <div className={classes.actions}>
      {retryableJob === null ? null : (
        <Button size="xs" variant="default" leftSection={<RotateCcw size={14} />} loading={retry.isPending} onClick={() => retry.mutate(retryableJob)} aria-label={`Retry ${name}`}>
          Retry
        </Button>
      )}
      {cancellableJob === null ? null : (
        <IconButton label={`Cancel ${name}`} loading={cancel.isPending} onClick={() => cancel.mutate(cancellableJob)}>
          <X size={18} />
        </IconButton>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <IconButton label={`More for ${name}`}>
            <Ellipsis size={18} />
          </IconButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={downloadAddress(document.id, null)} leftSection={<Download size={16} />}>
            Download
          </Menu.Item>
          <Menu.Item leftSection={<FolderInput size={16} />} onClick={() => onDialog("move")}>
            Move to collection
          </Menu.Item>
          <Menu.Item leftSection={<Trash2 size={16} />} c="var(--bad)" onClick={() => onDialog("delete")}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
