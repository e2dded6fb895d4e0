/** Exchanges the one-time code of a sign-in link for a session, or says how to get a new link. */
import { Code, Loader, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { Navigate, useLocation, useSearchParams } from "react-router";
import { useApi } from "@/api/ApiContext";
import { unwrap } from "@/api/client";
import { type ApiProblem, asProblem, UNREACHABLE } from "@/api/problem";
import { keys, meQuery } from "@/api/queries";
import { ProblemNotice } from "@/components/ProblemNotice";
import { Wordmark } from "@/components/Wordmark";
import { useDocumentTitle } from "@/hooks/useDocumentTitle";
import classes from "./SignInPage.module.css";
import { codeIn, takeCode } from "./signInCode";

export function SignInPage() {
  useDocumentTitle("Sign in");
  const api = useApi();
  const client = useQueryClient();
  const [parameters] = useSearchParams();
  const { hash } = useLocation();
  const { mutate, error, status, variables: code } = useMutation({
    mutationFn: (sent: string) => unwrap(api.http.POST("/api/v1/session", { body: { code: sent } })),
    onSuccess: (me) => client.setQueryData(keys.me, me),
  });
  useEffect(() => {
    // The code works once: taking it out of the address first means that neither a re-render nor a reload sends it again.
    if (codeIn(hash) === null) return;
    const taken = takeCode(window.location, window.history);
    if (taken === null) return;
    mutate(taken);
  }, [hash, mutate]);
  const { data: me } = useQuery({ ...meQuery(api), enabled: status !== "pending" && codeIn(hash) === null });

  if (me) return <Navigate to={safeReturn(parameters.get("return"))} replace />;
  if (error !== null) return <Refused problem={asProblem(error)} onRetry={code === undefined ? undefined : () => mutate(code)} />;
  if (status === "pending" || codeIn(hash) !== null) {
    return (
      <Card heading="Signing you in">
        <Loader size="sm" aria-label="Signing in" />
      </Card>
    );
  }
  return (
    <Card heading="Sign in">
      <p>Open the sign-in link that Footnote printed when it started. It works once and brings you straight in.</p>
    </Card>
  );
}

function Refused({ problem, onRetry }: { problem: ApiProblem; onRetry: (() => void) | undefined }) {
  if (problem.code === UNREACHABLE || problem.status >= 500) {
    return (
      <Card heading="Footnote could not be reached">
        <ProblemNotice problem={problem} {...(onRetry === undefined ? {} : { onRetry })} />
      </Card>
    );
  }
  return (
    <Card heading="This sign-in link no longer works">
      <p>Each link works once and only for a short time. This one was used already, or its time is over.</p>
    </Card>
  );
}

function Card({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Wordmark />
        <Title order={1} className={classes.heading}>
          {heading}
        </Title>
        <div aria-live="polite">{children}</div>
        <hr className={classes.rule} />
        <p className={classes.note}>
          <sup>1</sup> For a new link, run <Code>footnote sign-in</Code> where Footnote is installed.
        </p>
      </div>
    </main>
  );
}

/** Only paths of this page: an address from outside must not be able to send people elsewhere. */
function safeReturn(path: string | null): string {
  return path?.startsWith("/") && !path.startsWith("//") && !path.includes("\\") ? path : "/library";
}
