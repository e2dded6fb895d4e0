import { Button, Group, Modal } from "@mantine/core";
import { asProblem } from "@/api/problem";
import type { DeletionReceipt, LibraryDocument } from "@/api/types";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { formatBytes, formatCount, formatTime } from "@/lib/format";
import classes from "./DeleteDocumentDialog.module.css";
import { displayTitle } from "./documentWords";
import { useDocumentActions } from "./useDocumentActions";

interface Props {
  document: LibraryDocument;
  onClose: () => void;
  /** Called when the receipt has been read. */
  onDeleted: () => void;
}

/** Asks, deletes, and shows the receipt: what exactly is gone. */
export function DeleteDocumentDialog({ document, onClose, onDeleted }: Props) {
  const { remove, refresh } = useDocumentActions(document);
  if (remove.data !== undefined) {
    const close = () => {
      refresh();
      onDeleted();
    };
    return (
      <Modal opened onClose={close} title={`Deleted: ${displayTitle(document)}`} centered closeButtonProps={{ "aria-label": "Close" }}>
        <Receipt receipt={remove.data} />
        <Group justify="flex-end" mt="lg">
          <Button onClick={close} data-autofocus>
            Done
          </Button>
        </Group>
      </Modal>
    );
  }
  return (
    <ConfirmDialog
      opened
      title={`Delete ${displayTitle(document)}?`}
      confirmLabel="Delete for good"
      isBusy={remove.isPending}
      problem={remove.error === null ? null : asProblem(remove.error)}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>The file, every version of it and everything made from it will be removed. Answers that cite it keep their text, and their footnotes are marked as withdrawn.</p>
    </ConfirmDialog>
  );
}

function Receipt({ receipt }: { receipt: DeletionReceipt }) {
  const { blob_bytes: bytes, ...counts } = receipt.counts;
  return (
    <div role="status">
      <p>Removed on {formatTime(receipt.deleted_at)}:</p>
      <dl className={classes.receipt}>
        {Object.entries(counts).map(([name, count]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{formatCount(count)}</dt>
            <dd>
              {receiptWord(name)}
              {name === "blobs" && bytes !== undefined ? `, ${formatBytes(bytes)}` : ""}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const RECEIPT_WORDS: Record<string, string> = { blobs: "stored files", sources: "footnotes withdrawn", cached_answers: "cached answers" };

function receiptWord(name: string): string {
  return RECEIPT_WORDS[name] ?? name.replaceAll("_", " ");
}
