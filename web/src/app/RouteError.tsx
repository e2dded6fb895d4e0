import { useRouteError } from "react-router";
import { ApiProblem, pageDefect } from "@/api/problem";
import { ProblemNotice } from "@/components/ProblemNotice";

/** Stands in for a screen that broke. */
export function RouteError() {
  const error = useRouteError();
  return (
    <main style={{ padding: "2rem", maxWidth: "40rem", marginInline: "auto" }}>
      <ProblemNotice problem={error instanceof ApiProblem ? error : pageDefect()} onRetry={() => globalThis.location.reload()} retryLabel="Reload the page" />
    </main>
  );
}
