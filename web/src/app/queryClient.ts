/** The cache of server state and its two rules: refusals are not retried, and a lost session shows the sign-in page. */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "@/api/problem";
import { keys } from "@/api/queries";

const ATTEMPTS = 2;

export function createQueryClient(): QueryClient {
  const signOutOn401 = (error: unknown) => {
    if (error instanceof ApiProblem && error.status === 401) client.setQueryData(keys.me, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: signOutOn401 }),
    mutationCache: new MutationCache({ onError: signOutOn401 }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        networkMode: "always", // The server is often on this machine and answers without any network.
        retry: (failures, error) => failures < ATTEMPTS && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
      },
      mutations: { networkMode: "always" },
    },
  });
  return client;
}
