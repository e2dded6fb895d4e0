import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { EmptyState } from "@/components/EmptyState";

/** An address that leads nowhere. */
export function NotFoundPage() {
  return (
    <EmptyState title="There is no page at this address">
      <Anchor component={Link} to="/library" underline="always">
        Go to the library
      </Anchor>
    </EmptyState>
  );
}
