import { Button, Group, Modal, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/ApiContext";
import { asProblem } from "@/api/problem";
import { collectionsQuery } from "@/api/queries";
import type { LibraryDocument } from "@/api/types";
import { ProblemNotice } from "@/components/ProblemNotice";
import { displayTitle } from "./documentWords";
import { useDocumentActions } from "./useDocumentActions";

/** Moves a document to another collection. */
export function MoveDialog({ document, onClose }: { document: LibraryDocument; onClose: () => void }) {
  const api = useApi();
  const { data: collections = [] } = useQuery(collectionsQuery(api));
  const { update } = useDocumentActions(document);
  const [target, setTarget] = useState(document.collection_id);
  return (
    <Modal opened onClose={onClose} title={`Move ${displayTitle(document)}`} centered closeButtonProps={{ "aria-label": "Close" }}>
      <NativeSelect
        label="Collection"
        value={target}
        onChange={(event) => setTarget(event.currentTarget.value)}
        data={collections.map(({ id, name }) => ({ value: id, label: name }))}
        data-autofocus
      />
      {update.error === null ? null : <ProblemNotice problem={asProblem(update.error)} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button onClick={() => update.mutate({ collection_id: target }, { onSuccess: onClose })} loading={update.isPending} disabled={target === document.collection_id}>
          Move
        </Button>
      </Group>
    </Modal>
  );
}
