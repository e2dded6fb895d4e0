/** The cache keys and read queries of every noun, so that features and live events agree on them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Api, unwrap } from "./client";
import { ApiProblem } from "./problem";
import type { DocumentStatus, Message } from "./types";

export interface DocumentFilter {
  collectionId: string | null;
  status: DocumentStatus | null;
  text: string;
}

export const keys = {
  me: ["me"] as const,
  collections: ["collections"] as const,
  documents: ["documents"] as const,
  documentList: (filter: DocumentFilter) => ["documents", "list", filter] as const,
  pending: (collectionId: string | null) => ["documents", "pending", collectionId] as const,
  document: (id: string) => ["documents", "one", id] as const,
  versions: (id: string) => ["documents", "one", id, "versions"] as const,
  page: (id: string, version: string | null, number: number) => ["pages", id, version, number] as const,
  rendition: (id: string, version: string | null) => ["renditions", id, version] as const,
  conversations: ["conversations"] as const,
  conversation: (id: string) => ["conversations", "one", id] as const,
  messages: (conversationId: string) => ["messages", conversationId] as const,
};

const LIST_LIMIT = 50;
const LARGEST_LIMIT = 200;
const NEVER_STALE = Number.POSITIVE_INFINITY;

export function meQuery(api: Api) {
  return queryOptions({
    queryKey: keys.me,
    queryFn: async () => {
      try {
        return await unwrap(api.http.GET("/api/v1/me"));
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 5 * 60_000,
  });
}

export function collectionsQuery(api: Api) {
  return queryOptions({
    queryKey: keys.collections,
    queryFn: async () => (await unwrap(api.http.GET("/api/v1/collections", { params: { query: { limit: LARGEST_LIMIT } } }))).items,
  });
}

export function documentsQuery(api: Api, filter: DocumentFilter) {
  return infiniteQueryOptions({
    queryKey: keys.documentList(filter),
    queryFn: ({ pageParam }) =>
      unwrap(
        api.http.GET("/api/v1/documents", {
          params: {
            query: {
              limit: LIST_LIMIT,
              ...(pageParam === null ? {} : { cursor: pageParam }),
              ...(filter.collectionId === null ? {} : { collection_id: filter.collectionId }),
              ...(filter.status === null ? {} : { status: filter.status }),
              ...(filter.text === "" ? {} : { q: filter.text }),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** How many documents an answer may miss because they are still being processed. */
export function pendingDocumentsQuery(api: Api, collectionId: string | null) {
  return queryOptions({
    queryKey: keys.pending(collectionId),
    queryFn: async () => {
      const scope = collectionId === null ? {} : { collection_id: collectionId };
      const lists = await Promise.all(
        (["queued", "processing"] as const).map((status) =>
          unwrap(api.http.GET("/api/v1/documents", { params: { query: { status, limit: LARGEST_LIMIT, ...scope } } })),
        ),
      );
      return lists.reduce((count, list) => count + list.items.length, 0);
    },
  });
}

export function documentQuery(api: Api, id: string) {
  return queryOptions({
    queryKey: keys.document(id),
    queryFn: () => unwrap(api.http.GET("/api/v1/documents/{document_id}", { params: { path: { document_id: id } } })),
  });
}

export function versionsQuery(api: Api, id: string) {
  return queryOptions({
    queryKey: keys.versions(id),
    queryFn: async () => (await unwrap(api.http.GET("/api/v1/documents/{document_id}/versions", { params: { path: { document_id: id } } }))).items,
  });
}

/** One page's size and words. A version never changes, so a page is read once. */
export function pageQuery(api: Api, id: string, version: string | null, number: number) {
  return queryOptions({
    queryKey: keys.page(id, version, number),
    queryFn: () =>
      unwrap(
        api.http.GET("/api/v1/documents/{document_id}/pages/{number}", {
          params: { path: { document_id: id, number }, query: version === null ? {} : { version } },
        }),
      ),
    staleTime: NEVER_STALE,
  });
}

export function renditionQuery(api: Api, id: string, version: string | null) {
  return queryOptions({
    queryKey: keys.rendition(id, version),
    queryFn: () =>
      unwrap(api.http.GET("/api/v1/documents/{document_id}/rendition", { params: { path: { document_id: id }, query: version === null ? {} : { version } } })),
    staleTime: NEVER_STALE,
  });
}

export function conversationsQuery(api: Api) {
  return infiniteQueryOptions({
    queryKey: keys.conversations,
    queryFn: ({ pageParam }) =>
      unwrap(
        api.http.GET("/api/v1/conversations", {
          params: { query: { limit: LIST_LIMIT, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function conversationQuery(api: Api, id: string) {
  return queryOptions({
    queryKey: keys.conversation(id),
    queryFn: () => unwrap(api.http.GET("/api/v1/conversations/{conversation_id}", { params: { path: { conversation_id: id } } })),
  });
}

/** All messages of a conversation, oldest first. */
export function messagesQuery(api: Api, conversationId: string) {
  return queryOptions({
    queryKey: keys.messages(conversationId),
    queryFn: async () => {
      const messages: Message[] = [];
      let cursor: string | null = null;
      do {
        const query: { limit: number; cursor?: string } = { limit: LARGEST_LIMIT, ...(cursor === null ? {} : { cursor }) };
        const page: { items: Message[]; next_cursor: string | null } = await unwrap(
          api.http.GET("/api/v1/conversations/{conversation_id}/messages", { params: { path: { conversation_id: conversationId }, query } }),
        );
        messages.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null);
      return messages;
    },
  });
}
