import { Anchor, Paper } from "@mantine/core";
import { Link } from "react-router";
import { useUploads } from "./UploadContext";
import { summarise } from "./uploadQueue";

/** On screens other than the library: that files are being sent or were not taken, and the way to see them. */
export function UploadToast({ isHidden }: { isHidden: boolean }) {
  const items = useUploads();
  const isShown = !isHidden && items.some(({ state }) => state === "waiting" || state === "sending" || state === "refused");
  return (
    <div role="status">
      {isShown ? (
        <Paper shadow="md" withBorder p="xs" style={{ position: "fixed", insetBlockEnd: "1rem", insetInlineEnd: "1rem", zIndex: 150 }}>
          Uploads: {summarise(items)}.{" "}
          <Anchor component={Link} to="/library" underline="always">
            See them
          </Anchor>
        </Paper>
      ) : null}
    </div>
  );
}
