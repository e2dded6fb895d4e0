/** The providers every screen stands in. */
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { RouterProvider } from "react-router/dom";
import { ApiContext } from "@/api/ApiContext";
import type { Api } from "@/api/client";
import { createQueryClient } from "./queryClient";
import type { createRouter } from "./routes";
import { cssVariables, theme } from "./theme";

interface Props {
  api: Api;
  router: ReturnType<typeof createRouter>;
  /** `test` leaves out transitions and whatever measures the layout, which a test's page does not have. */
  env?: "default" | "test";
}

export function App({ api, router, env = "default" }: Props) {
  const [client] = useState(createQueryClient);
  return (
    <MantineProvider env={env} theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" containerWidth={380} />
      <ApiContext value={api}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ApiContext>
    </MantineProvider>
  );
}
