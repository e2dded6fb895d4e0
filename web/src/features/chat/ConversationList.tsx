/** The conversations, newest activity first, with renaming and deleting. */
import { Button, Menu, Skeleton, Title } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { NavLink, useMatch, useNavigate } from "react-router";
import { useApi } from "@/api/ApiContext";
import { unwrap } from "@/api/client";
import { asProblem } from "@/api/problem";
import { conversationsQuery, keys } from "@/api/queries";
import type { Conversation } from "@/api/types";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { IconButton } from "@/components/IconButton";
import { NameDialog } from "@/components/NameDialog";
import { ProblemNotice } from "@/components/ProblemNotice";
import classes from "./Chat.module.css";
import { conversationTitle } from "./conversationTitle";

export function ConversationList({ onNavigate }: { onNavigate: () => void }) {
  const api = useApi();
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(conversationsQuery(api));
  const conversations = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <nav className={classes.list} aria-label="Conversations">
      <Title order={2}>Conversations</Title>
      {isPending ? <Skeleton height={28} mx="xs" /> : null}
      {error === null ? null : <ProblemNotice problem={asProblem(error)} onRetry={() => void refetch()} />}
      {data !== undefined && conversations.length === 0 ? <p className={classes.empty}>Questions you ask are kept here.</p> : null}
      <ul>
        {conversations.map((conversation) => (
          <ConversationItem key={conversation.id} conversation={conversation} onNavigate={onNavigate} />
        ))}
      </ul>
      {hasNextPage ? (
        <Button variant="subtle" size="compact-sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older
        </Button>
      ) : null}
    </nav>
  );
}

function ConversationItem({ conversation, onNavigate }: { conversation: Conversation; onNavigate: () => void }) {
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  const isCurrent = useMatch("/chat/:conversationId")?.params.conversationId === conversation.id;
  const title = conversationTitle(conversation);
  return (
    <li className={classes.conversation} data-current={isCurrent ? "" : undefined}>
      <NavLink to={`/chat/${conversation.id}`} onClick={onNavigate} dir="auto" title={title}>
        {title}
      </NavLink>
      <Menu position="bottom-end">
        <Menu.Target>
          <IconButton label={`More for the conversation ${title}`} size="md">
            <Ellipsis size={16} />
          </IconButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Pencil size={16} />} onClick={() => setDialog("rename")}>
            Rename
          </Menu.Item>
          <Menu.Item leftSection={<Trash2 size={16} />} c="var(--bad)" onClick={() => setDialog("delete")}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === "rename" ? <RenameDialog conversation={conversation} onClose={() => setDialog(null)} /> : null}
      {dialog === "delete" ? <DeleteDialog conversation={conversation} isCurrent={isCurrent} onClose={() => setDialog(null)} /> : null}
    </li>
  );
}

function RenameDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const rename = useMutation({
    mutationFn: (title: string) => unwrap(api.http.PATCH("/api/v1/conversations/{conversation_id}", { params: { path: { conversation_id: conversation.id } }, body: { title } })),
    onSuccess: (changed) => {
      client.setQueryData(keys.conversation(conversation.id), changed);
      void client.invalidateQueries({ queryKey: keys.conversations, exact: true });
      onClose();
    },
  });
  return (
    <NameDialog
      title="Rename the conversation"
      label="Title"
      initial={conversation.title ?? ""}
      saveLabel="Rename"
      isBusy={rename.isPending}
      problem={rename.error && asProblem(rename.error)}
      onSave={(title) => rename.mutate(title)}
      onClose={onClose}
    />
  );
}

function DeleteDialog({ conversation, isCurrent, onClose }: { conversation: Conversation; isCurrent: boolean; onClose: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => unwrap(api.http.DELETE("/api/v1/conversations/{conversation_id}", { params: { path: { conversation_id: conversation.id } } })),
    onSuccess: async () => {
      onClose();
      if (isCurrent) await navigate("/chat", { replace: true });
      client.removeQueries({ queryKey: keys.messages(conversation.id) });
      void client.invalidateQueries({ queryKey: keys.conversations, exact: true });
    },
  });
  return (
    <ConfirmDialog
      opened
      title="Delete this conversation?"
      confirmLabel="Delete for good"
      isBusy={remove.isPending}
      problem={remove.error && asProblem(remove.error)}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p dir="auto">“{conversationTitle(conversation)}” with its questions and answers will be removed. The documents stay.</p>
    </ConfirmDialog>
  );
}
