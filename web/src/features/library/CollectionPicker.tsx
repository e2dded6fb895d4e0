import { Menu, NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, FolderPlus, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useApi } from "@/api/ApiContext";
import { unwrap } from "@/api/client";
import { asProblem } from "@/api/problem";
import { collectionsQuery, keys } from "@/api/queries";
import type { Collection } from "@/api/types";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { IconButton } from "@/components/IconButton";
import { NameDialog } from "@/components/NameDialog";
import { formatQuantity } from "@/lib/format";
import classes from "./LibraryPage.module.css";

interface Props {
  selected: string | null;
  onSelect: (collectionId: string | null) => void;
}

/** Chooses a collection, and makes, renames and deletes them. */
export function CollectionPicker({ selected, onSelect }: Props) {
  const api = useApi();
  const { data: collections = [] } = useQuery(collectionsQuery(api));
  const [dialog, setDialog] = useState<"create" | "rename" | "delete" | null>(null);
  const current = collections.find(({ id }) => id === selected) ?? null;
  const close = () => setDialog(null);
  return (
    <div className={classes.collection}>
      <NativeSelect
        label="Collection"
        value={selected ?? ""}
        onChange={(event) => onSelect(event.currentTarget.value === "" ? null : event.currentTarget.value)}
        data={[{ value: "", label: "All collections" }, ...collections.map(({ id, name, document_count: count }) => ({ value: id, label: `${name} (${count})` }))]}
      />
      <Menu position="bottom-end">
        <Menu.Target>
          <IconButton label="Manage collections">
            <Ellipsis size={18} />
          </IconButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<FolderPlus size={16} />} onClick={() => setDialog("create")}>
            New collection
          </Menu.Item>
          {current === null ? null : (
            <>
              <Menu.Item leftSection={<Pencil size={16} />} onClick={() => setDialog("rename")}>
                Rename “{current.name}”
              </Menu.Item>
              {current.is_default ? null : (
                <Menu.Item leftSection={<Trash2 size={16} />} c="var(--bad)" onClick={() => setDialog("delete")}>
                  Delete “{current.name}”
                </Menu.Item>
              )}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog === "create" ? <CreateDialog onClose={close} onCreated={onSelect} /> : null}
      {dialog === "rename" && current !== null ? <RenameDialog collection={current} onClose={close} /> : null}
      {dialog === "delete" && current !== null ? <DeleteDialog collection={current} onClose={close} onDeleted={() => onSelect(null)} /> : null}
    </div>
  );
}

function useRefreshing<Variables, Reply>(mutationFn: (variables: Variables) => Promise<Reply>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.collections });
      void client.invalidateQueries({ queryKey: keys.documents });
    },
  });
}

function CreateDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const api = useApi();
  const create = useRefreshing((name: string) => unwrap(api.http.POST("/api/v1/collections", { body: { name } })));
  const save = (name: string) =>
    create.mutate(name, {
      onSuccess: (collection) => {
        onClose();
        onCreated(collection.id);
      },
    });
  return (
    <NameDialog title="New collection" label="Name" initial="" saveLabel="Create" isBusy={create.isPending} problem={create.error && asProblem(create.error)} onSave={save} onClose={onClose} />
  );
}

function RenameDialog({ collection, onClose }: { collection: Collection; onClose: () => void }) {
  const api = useApi();
  const rename = useRefreshing((name: string) => unwrap(api.http.PATCH("/api/v1/collections/{collection_id}", { params: { path: { collection_id: collection.id } }, body: { name } })));
  return (
    <NameDialog
      title={`Rename ${collection.name}`}
      label="Name"
      initial={collection.name}
      saveLabel="Rename"
      isBusy={rename.isPending}
      problem={rename.error && asProblem(rename.error)}
      onSave={(name) => rename.mutate(name, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}

function DeleteDialog({ collection, onClose, onDeleted }: { collection: Collection; onClose: () => void; onDeleted: () => void }) {
  const api = useApi();
  const count = collection.document_count;
  const remove = useRefreshing(() =>
    unwrap(api.http.DELETE("/api/v1/collections/{collection_id}", { params: { path: { collection_id: collection.id }, query: count > 0 ? { documents: "delete" } : {} } })),
  );
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        onClose();
        onDeleted();
      },
    });
  return (
    <ConfirmDialog
      opened
      title={`Delete the collection ${collection.name}?`}
      confirmLabel={count === 0 ? "Delete" : `Delete with ${formatQuantity(count, "files")}`}
      isBusy={remove.isPending}
      problem={remove.error && asProblem(remove.error)}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{count === 0 ? "It is empty." : `It holds ${formatQuantity(count, "files")}, which will be deleted with everything made from them. To keep files, move them to another collection first.`}</p>
    </ConfirmDialog>
  );
}
