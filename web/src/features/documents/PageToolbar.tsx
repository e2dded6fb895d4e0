import { TextInput } from "@mantine/core";
import { ChevronLeft, ChevronRight, Download, Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { type FormEvent, useState } from "react";
import { IconButton, IconLink } from "@/components/IconButton";
import { downloadAddress } from "./documentWords";
import classes from "./SourceViewer.module.css";
import type { Zoom } from "./zoom";

interface Props {
  documentId: string;
  version: string | null;
  page: number;
  pageCount: number;
  onPage: (page: number) => void;
  zoom: Zoom;
}

export function PageToolbar({ documentId, version, page, pageCount, onPage, zoom }: Props) {
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="Page">
      <IconButton label="Page before (left arrow)" onClick={() => onPage(page - 1)} disabled={page <= 1}>
        <ChevronLeft size={18} />
      </IconButton>
      <PageNumber key={page} page={page} pageCount={pageCount} onPage={onPage} />
      <IconButton label="Page after (right arrow)" onClick={() => onPage(page + 1)} disabled={page >= pageCount}>
        <ChevronRight size={18} />
      </IconButton>
      <span className={classes.spacer} />
      <IconButton label="Smaller (-)" onClick={zoom.smaller} disabled={zoom.smaller === undefined}>
        <ZoomOut size={18} />
      </IconButton>
      <IconButton label={`Fit to width (0), now ${Math.round(100 * zoom.factor)} percent`} onClick={zoom.fit}>
        <Maximize size={18} />
      </IconButton>
      <IconButton label="Larger (+)" onClick={zoom.larger} disabled={zoom.larger === undefined}>
        <ZoomIn size={18} />
      </IconButton>
      <IconLink label="Download the file" download={downloadAddress(documentId, version)}>
        <Download size={18} />
      </IconLink>
    </div>
  );
}

function PageNumber({ page, pageCount, onPage }: Pick<Props, "page" | "pageCount" | "onPage">) {
  const [typed, setTyped] = useState(String(page));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = Math.min(pageCount, Math.max(1, Number.parseInt(typed, 10)));
    if (Number.isNaN(wanted)) setTyped(String(page));
    else onPage(wanted);
  };
  return (
    <form className={classes.pageNumber} onSubmit={submit}>
      <TextInput size="xs" aria-label={`Page number, 1 to ${pageCount}`} inputMode="numeric" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} onBlur={submit} />
      of {pageCount}
    </form>
  );
}
