import { Anchor, Button, Progress, Title } from "@mantine/core";
import { RotateCcw, X } from "lucide-react";
import { Link } from "react-router";
import type { DocumentUpload } from "@/api/types";
import { IconButton } from "@/components/IconButton";
import { formatBytes } from "@/lib/format";
import { useUploadQueue, useUploads } from "./UploadContext";
import { summarise, type UploadItem } from "./uploadQueue";
import classes from "./UploadTray.module.css";

/** Files on their way, and those with which something else happened than that they now stand in the list below. */
export function UploadTray() {
  const queue = useUploadQueue();
  const items = useUploads();
  if (items.length === 0) return null;
  const isBusy = items.some((item) => item.state === "waiting" || item.state === "sending");
  const told = items.filter((item) => item.result?.outcome !== "created");
  const summary = (
    <p className={told.length === 0 ? "visually-hidden" : classes.result} role="status">
      {summarise(items)}
    </p>
  );
  if (told.length === 0) return summary; // What was simply added is seen in the list below.
  return (
    <section className={classes.tray} aria-labelledby="uploads-heading">
      <div className={classes.head}>
        <Title order={2} id="uploads-heading" className={classes.heading}>
          Uploads
        </Title>
        {summary}
        <Button variant="subtle" size="xs" onClick={() => queue.clearFinished()}>
          {isBusy ? "Clear finished" : "Clear"}
        </Button>
      </div>
      <ul className={classes.list}>
        {[...told].reverse().map((item) => (
          <UploadRow key={item.id} item={item} onCancel={() => queue.cancel(item.id)} onRetry={() => queue.retry(item.id)} />
        ))}
      </ul>
    </section>
  );
}

function UploadRow({ item, onCancel, onRetry }: { item: UploadItem; onCancel: () => void; onRetry: () => void }) {
  const canCancel = item.state === "waiting" || item.state === "sending";
  const canRetry = item.file !== null && (item.state === "cancelled" || (item.state === "refused" && !isForGood(item.problem)));
  return (
    <li className={classes.item}>
      <div className={classes.body}>
        <p className={classes.name} dir="auto">
          {item.name}
        </p>
        <UploadState item={item} />
      </div>
      {canCancel ? (
        <IconButton label={`Cancel the upload of ${item.name}`} onClick={onCancel}>
          <X size={18} />
        </IconButton>
      ) : null}
      {canRetry ? (
        <IconButton label={`Send ${item.name} again`} onClick={onRetry}>
          <RotateCcw size={18} />
        </IconButton>
      ) : null}
    </li>
  );
}

/** Whether the server would refuse the same file again. */
function isForGood(problem: UploadItem["problem"]): boolean {
  return problem !== null && [413, 415, 422].includes(problem.status);
}

function UploadState({ item }: { item: UploadItem }) {
  switch (item.state) {
    case "waiting":
      return <p className={classes.result}>Waiting to be sent, {formatBytes(item.totalBytes)}</p>;
    case "cancelled":
      return <p className={classes.result}>Cancelled, nothing was stored</p>;
    case "sending":
      return <Sending item={item} />;
    case "done":
      return item.result === null ? null : <Outcome result={item.result} />;
    case "refused":
      return (
        <p className={`${classes.result} ${classes.refused}`} dir="auto">
          Not taken: {item.problem?.message} ({item.problem?.code})
        </p>
      );
  }
}

function Sending({ item }: { item: UploadItem }) {
  const percent = item.totalBytes === 0 ? 0 : (100 * item.sentBytes) / item.totalBytes;
  const text = percent >= 100 ? "Sent; the server is checking it" : `${formatBytes(item.sentBytes)} of ${formatBytes(item.totalBytes)} sent`;
  return (
    <>
      <Progress.Root size="sm" mt={4}>
        <Progress.Section value={percent} aria-label={`Upload of ${item.name}`} aria-valuetext={text} />
      </Progress.Root>
      <p className={classes.result}>{text}</p>
    </>
  );
}

function Outcome({ result }: { result: DocumentUpload }) {
  const { outcome, document } = result;
  if (outcome === "created") return null;
  const text = {
    new_version: `Stored as version ${document.version_count} of a file that was there already.`,
    unchanged: "Already in the library with the same content; nothing was changed.",
  }[outcome];
  return (
    <p className={classes.result}>
      {text}{" "}
      <Anchor component={Link} to={`/documents/${document.id}`} size="sm" underline="always">
        Open
      </Anchor>
    </p>
  );
}
