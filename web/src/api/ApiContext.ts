/** Hands the API client to every component; the one place a test puts its own. */
import { createContext, useContext } from "react";
import type { Api } from "./client";

export const ApiContext = createContext<Api | null>(null);

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === null) throw new Error("ApiContext is missing above this component.");
  return api;
}
