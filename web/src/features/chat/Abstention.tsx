/** The answer that is none: says so calmly, says what was searched, and offers the nearest passages as they are. */
import { Anchor, Button, Loader, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "react-router";
import { useApi } from "@/api/ApiContext";
import { unwrap } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Message, SearchResult } from "@/api/types";
import { ProblemNotice } from "@/components/ProblemNotice";
import { formatPages } from "@/lib/format";
import { Barred } from "./Barred";
import classes from "./Answer.module.css";
import { abstentionReason } from "./sourceWords";

const CLOSEST = 3;

interface Props {
  message: Message;
  question: string;
  collection: { id: string; name: string } | null;
}

export function Abstention({ message, question, collection }: Props) {
  const api = useApi();
  const search = useMutation({
    mutationFn: () => unwrap(api.http.POST("/api/v1/search", { body: { query: question, top_k: CLOSEST, ...(collection === null ? {} : { collection_id: collection.id }) } })),
  });
  const explanation = message.text.trim();
  const reason = abstentionReason(message.abstention_reason);
  return (
    <div className={classes.abstention}>
      <Title order={2}>No answer found in the documents</Title>
      {explanation === "" ? null : <p dir="auto">{explanation}</p>}
      {reason !== "" && reason !== explanation ? <p dir="auto">{reason}</p> : null}
      <p className={classes.hint}>
        Searched: {collection === null ? "all collections" : `the collection ${collection.name}`}. Footnote answers only with what it can cite; another wording, or a document that covers this, may help.
      </p>
      {message.notes?.map((note) => (
        <p key={note} className={classes.hint} dir="auto">
          {note}
        </p>
      ))}
      {search.data === undefined ? (
        <div>
          <Button variant="default" size="xs" onClick={() => search.mutate()} loading={search.isPending}>
            Show the closest passages
          </Button>
        </div>
      ) : (
        <Closest results={search.data.results} />
      )}
      {search.error === null ? null : <ProblemNotice problem={asProblem(search.error)} />}
    </div>
  );
}

function Closest({ results }: { results: readonly SearchResult[] }) {
  if (results.length === 0) return <p role="status">Nothing comes close.</p>;
  return (
    <ul className={classes.closest} aria-label="Closest passages">
      {results.map((result) => (
        <li key={result.chunk_id}>
          <Anchor component={Link} to={passageAddress(result)} size="sm" underline="always">
            <bdi>{result.filename}</bdi>
            {result.pages.length === 0 ? "" : `, ${formatPages(result.pages)}`}
          </Anchor>
          <p className={classes.quote} dir="auto">
            <Barred text={result.text} />
          </p>
        </li>
      ))}
    </ul>
  );
}

function passageAddress({ document_id: id, version_id: version, span, pages }: SearchResult): string {
  const page = pages[0] === undefined ? "" : `&page=${pages[0]}`;
  return `/documents/${id}?version=${version}${page}&start=${span[0]}&end=${span[1]}`;
}

/** What is happening before the first checked sentence. */
export function StageLine({ text }: { text: string }) {
  return (
    <p className={classes.stage}>
      <Loader size="xs" type="dots" aria-hidden="true" />
      {text}
    </p>
  );
}
