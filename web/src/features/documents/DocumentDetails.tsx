import { Anchor, Badge, Button, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Circle, CircleAlert, CircleCheck, CircleDot } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { Link, useNavigate } from "react-router";
import { useApi } from "@/api/ApiContext";
import { asProblem } from "@/api/problem";
import { collectionsQuery, versionsQuery } from "@/api/queries";
import type { JobStep, LibraryDocument } from "@/api/types";
import { ProblemNotice } from "@/components/ProblemNotice";
import { formatBytes, formatDuration, formatQuantity, formatTime, languageName } from "@/lib/format";
import { DeleteDocumentDialog } from "./DeleteDocumentDialog";
import classes from "./DocumentPage.module.css";
import { DocumentState } from "./DocumentState";
import { contentKind, downloadAddress } from "./documentWords";
import { countOf, stepLabel } from "./jobWords";
import { MoveDialog } from "./MoveDialog";
import { useDocumentActions } from "./useDocumentActions";

/** Status and steps, title, facts, versions, and what can be done with the document. */
export function DocumentDetails({ document, shownVersion }: { document: LibraryDocument; shownVersion: string | null }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it
    <aside className={classes.details} aria-label="Details" tabIndex={0}>
      <Section title="Status">
        <DocumentState document={document} />
        <Steps document={document} />
        {document.warnings.length === 0 ? null : (
          <ul className={classes.warnings} aria-label="Warnings">
            {document.warnings.map((warning) => (
              <li key={warning} dir="auto">
                {warning}
              </li>
            ))}
          </ul>
        )}
        <Actions document={document} />
      </Section>
      <TitleForm key={document.title} document={document} />
      <Facts document={document} />
      <Versions document={document} shownVersion={shownVersion} />
    </aside>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <Title order={2}>{title}</Title>
      {children}
    </section>
  );
}

const STEP_ICONS = {
  done: <CircleCheck size={16} color="var(--good)" aria-label="done" />,
  running: <CircleDot size={16} color="var(--accent)" aria-label="running" />,
  failed: <CircleAlert size={16} color="var(--bad)" aria-label="failed" />,
  waiting: <Circle size={16} color="var(--mantine-color-dimmed)" aria-label="waiting" />,
} as const;

function Steps({ document }: { document: LibraryDocument }) {
  if (document.job === null || document.job.steps.length === 0) return null;
  return (
    <ol className={classes.steps} aria-label="Steps">
      {document.job.steps.map((step) => (
        <li key={step.name} className={classes.step}>
          {STEP_ICONS[step.status]}
          <span>{stepLabel(step.name)}</span>
          <span className={classes.dimmed}>{stepFacts(step, document.has_pages ?? true)}</span>
        </li>
      ))}
    </ol>
  );
}

function stepFacts(step: JobStep, hasPages: boolean): string {
  if (step.status === "running") return countOf(step);
  if (step.status !== "done") return "";
  const isCounted = step.total && (hasPages || step.unit !== "pages"); // A format without pages is worked on as one.
  const count = isCounted ? formatQuantity(step.total ?? 0, step.unit) : "";
  const duration = formatDuration(step.duration_ms);
  return [count, duration].filter(Boolean).join(", ");
}

function Actions({ document }: { document: LibraryDocument }) {
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"delete" | "move" | null>(null);
  const { retry, cancel, retryableJob, cancellableJob } = useDocumentActions(document);
  const close = () => setDialog(null);
  return (
    <div className={classes.row}>
      {retryableJob === null ? null : (
        <Button size="xs" onClick={() => retry.mutate(retryableJob)} loading={retry.isPending}>
          Retry
        </Button>
      )}
      {cancellableJob === null ? null : (
        <Button size="xs" variant="default" onClick={() => cancel.mutate(cancellableJob)} loading={cancel.isPending}>
          Cancel
        </Button>
      )}
      <Button size="xs" variant="default" component="a" href={downloadAddress(document.id, null)}>
        Download
      </Button>
      <Button size="xs" variant="default" onClick={() => setDialog("move")}>
        Move
      </Button>
      <Button size="xs" variant="default" c="var(--bad)" onClick={() => setDialog("delete")}>
        Delete
      </Button>
      {dialog === "move" ? <MoveDialog document={document} onClose={close} /> : null}
      {dialog === "delete" ? <DeleteDocumentDialog document={document} onClose={close} onDeleted={() => void navigate("/library")} /> : null}
    </div>
  );
}

function TitleForm({ document }: { document: LibraryDocument }) {
  const { update } = useDocumentActions(document);
  const [title, setTitle] = useState(document.title ?? "");
  const isChanged = title.trim() !== (document.title ?? "");
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (isChanged) update.mutate({ title: title.trim() });
  };
  return (
    <form onSubmit={save} className={classes.section}>
      <TextInput label="Title" placeholder={document.filename} value={title} onChange={(event) => setTitle(event.currentTarget.value)} dir="auto" maxLength={400} />
      {update.error === null ? null : <ProblemNotice problem={asProblem(update.error)} />}
      {isChanged ? (
        <Button type="submit" size="xs" loading={update.isPending} style={{ justifySelf: "start" }}>
          Save the title
        </Button>
      ) : null}
    </form>
  );
}

function Facts({ document }: { document: LibraryDocument }) {
  const api = useApi();
  const { data: collections } = useQuery(collectionsQuery(api));
  const facts: [string, string | null][] = [
    ["Collection", collections?.find(({ id }) => id === document.collection_id)?.name ?? null],
    ["Language", document.language === null ? null : languageName(document.language)],
    ["Kind", document.media_type === null ? null : contentKind(document.media_type)],
    ["Added", formatTime(document.created_at)],
    ["Changed", formatTime(document.updated_at)],
    ...Object.entries(document.metadata).map(([name, value]): [string, string] => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  ];
  return (
    <Section title="About">
      <dl className={classes.facts}>
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </Section>
  );
}

function Versions({ document, shownVersion }: { document: LibraryDocument; shownVersion: string | null }) {
  const api = useApi();
  const { data: versions, error, refetch } = useQuery(versionsQuery(api, document.id));
  if (error !== null) return <ProblemNotice problem={asProblem(error)} onRetry={() => void refetch()} />;
  return (
    <Section title="Versions">
      <ul className={classes.versions}>
        {versions?.map((version) => (
          <li key={version.id} className={classes.version}>
            <span>
              {version.status === "ready" ? (
                <Anchor component={Link} to={`/documents/${document.id}?version=${version.id}`} size="sm" aria-current={version.id === shownVersion ? "true" : undefined}>
                  Version {version.number}
                </Anchor>
              ) : (
                `Version ${version.number}`
              )}{" "}
              {version.is_current ? (
                <Badge size="xs" variant="outline" color="gray" c="var(--mantine-color-text)">
                  current
                </Badge>
              ) : null}
              <span className={classes.dimmed} style={{ display: "block" }}>
                {formatTime(version.created_at)}, {formatBytes(version.size_bytes)}
                {version.status === "ready" ? "" : `, ${version.status}`}
              </span>
            </span>
            <Anchor href={downloadAddress(document.id, version.id)} size="sm" aria-label={`Download version ${version.number}`}>
              Download
            </Anchor>
          </li>
        ))}
      </ul>
    </Section>
  );
}
