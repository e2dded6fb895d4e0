import { Button, Group, Modal } from "@mantine/core";
import { asProblem } from "@/api/problem";
import type { DeletionReceipt, LibraryDocument } from "@/api/types";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { formatBytes, formatCount, formatTime, unitOf } from "@/lib/format";
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
  const inOrder = Object.entries(counts).sort(([left], [right]) => orderOf(left) - orderOf(right));
  return (
    <div role="status">
      <p>Removed on {formatTime(receipt.deleted_at)}:</p>
      <dl className={classes.receipt}>
        {inOrder.map(([name, count]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{formatCount(count)}</dt>
            <dd>
              {unitOf(count, receiptWord(name))}
              {name === "blobs" && bytes !== undefined ? `, ${formatBytes(bytes)}` : ""}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const RECEIPT_WORDS: Record<string, string> = { blobs: "stored files", sources: "withdrawn footnotes", cached_answers: "cached answers" };
/** From the file itself to what was made from it; counts this page does not know come last. */
const RECEIPT_ORDER = ["versions", "blobs", "pages", "blocks", "chunks", "vectors", "index_entries", "sources", "cached_answers", "jobs"];

function receiptWord(name: string): string {
  return RECEIPT_WORDS[name] ?? name.replaceAll("_", " ");
}

function orderOf(name: string): number {
  const at = RECEIPT_ORDER.indexOf(name);
  return at === -1 ? RECEIPT_ORDER.length : at;
}
